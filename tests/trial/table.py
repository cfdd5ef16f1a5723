"""Where a trial differs from the page, with reasons; its report shows the table."""

from __future__ import annotations

from tests.rehearsal.replaced import Changed, Replacement

_NO_MAIL = Replacement(r"aws sns list-subscriptions .*", "", "no address was given with --mail")
_TABLE = (
    Replacement(r"make install", "", "already installed: the trial runs in it"),
    Replacement(r"source \.venv/bin/activate", "export PATH={bin}:$PATH", "the environment is beside the checkout"),
    Replacement(r"aws sso login", "", "whoever starts a trial has signed in"),
    Replacement(
        r"(scones --target aws deploy) --set NotificationEmail=\S+ --set MonthlyBudgetUsd=\d+",
        r"\1 --yes --set NotificationEmail={mail} --set BakeSeconds=30{more}",
        "your address; no budget, which covers a whole account; a bake time of half a minute instead of five",
    ),
    Replacement(r"(scones --target aws dataset) cifar100", r"\1 sample", "drawn images, which `quick` learns"),
)
# Interrupted commands are run again; these need a change to run twice.
AGAIN = (
    Replacement(
        r"git remote add (\S+) (\S+)",
        r"git remote remove \1 2>/dev/null; git remote add \1 \2",
        "it may exist from the first attempt",
    ),
)
AROUND = (
    Changed("the project is called {name}", "nothing of yours is changed, and everything can be found again"),
    Changed("one commit on top: `quick` is the default profile", "the first run takes minutes"),
    Changed("your own credentials, for all steps", "`make rehearsal` holds the rights of docs/permissions.md"),
    Changed("git's configuration is a file of the trial, which includes yours", "yours is not changed"),
)


def table(mail: str) -> tuple[Replacement, ...]:
    """The replacements of a trial whose messages go to an address, or to nobody where it is empty."""
    return _TABLE if mail else (*_TABLE, _NO_MAIL)
