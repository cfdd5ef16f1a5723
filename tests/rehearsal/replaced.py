"""Where a rehearsal differs from the page, in one table: only what is not available, each with its reason.

The table is printed at the end of every rehearsal. Everything else runs as the page has it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Replacement:
    """Commands of the page (a pattern of their whole text), what is run in their place, and why.

    `by` may refer to groups of the pattern, and to `{name}`s that the rehearsal knows; an empty one runs nothing.
    """

    command: str
    by: str
    reason: str


@dataclass(frozen=True)
class Changed:
    """A difference in the environment of the commands, and why."""

    what: str
    reason: str


REPLACED = (
    Replacement(r"make install", "", "already installed: the rehearsal runs in it"),
    Replacement(r"source \.venv/bin/activate", "export PATH={bin}:$PATH", "the environment is beside the checkout"),
    Replacement(r"aws sso login", "", "needs a browser; each step gets the credentials of a role with its rights"),
    Replacement(
        r"(scones --target aws dataset) cifar100",
        r"\1 upload {archive}",
        "a download of 160 MB; a drawn archive of the same layout takes a few epochs",
    ),
    Replacement(
        r"(scones --target aws deploy\b.*)",
        r"\1 --set BakeSeconds=1 --set PythonRuntime=python{python}{backend}",
        "the bake time is five minutes; the local AWS runs functions on this Python; an existing account has Model "
        "Monitor",
    ),
)
AROUND = (
    Changed("AWS_ENDPOINT_URL names the local AWS, a new one that enforces IAM", "no account"),
    Changed(
        "git maps CodeCommit's address to a directory (GIT_CONFIG_*); IAM does not authorize the push",
        "the local AWS serves no git over HTTPS",
    ),
    Changed("pip finds the layer's wheels in a directory (PIP_FIND_LINKS)", "no network in tests; `make` fetches them"),
    Changed("one commit on top: every profile trains for {epochs} epochs", "250 epochs take a laptop hours"),
    Changed("photo.png is drawn", "the reader has a photograph"),
    Changed("the subscription is confirmed by SNS's API", "a click; the mail and its token are the local AWS's"),
)


def replaced(command: str, table: Sequence[Replacement], known: dict[str, str]) -> tuple[str, Replacement | None]:
    """The command to run instead of the page's and the table's entry for it; else the page's own command."""
    words = re.sub(r"\s+#.*$", "", command).strip()
    for one in table:
        found = re.fullmatch(one.command, words, re.DOTALL)
        if found:
            return found.expand(one.by).format(**known) if one.by else "", one
    return command, None
