"""The steps that the page must have: how each is recognised, and what must come before it.

A page is checked against this before anything runs, so that a missing or late step is reported at once. What the steps
achieve is then checked on the local AWS, see goals.py.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tests.rehearsal.page import ByHand, Command, PageError, Step


@dataclass(frozen=True)
class Declared:
    """A step: the pattern of its command (or of its words, by hand), and the steps that it needs."""

    name: str
    known_by: str
    needs: tuple[str, ...] = ()
    by_hand: bool = False
    # What fails without it.
    why: str = ""


DECLARED = (
    Declared("install", r"make install", why="the command scones is not there"),
    Declared("sign in", r"aws sso login", why="every later command needs credentials"),
    Declared("choose a region", r"export AWS_REGION=", why="every command would go to us-east-1"),
    Declared("deploy", r"scones .*deploy .*NotificationEmail=", ("install", "sign in", "choose a region")),
    Declared("confirm the mail", r"[Cc]onfirm subscription", ("deploy",), by_hand=True, why="nobody is told of drift"),
    Declared("bring data", r"scones .*dataset ", ("deploy",), why="a build without data starts no run"),
    Declared("let git sign in", r"git config .*codecommit.*helper", why="git would ask for a password"),
    Declared("let git send its path", r"git config .*codecommit.*UseHttpPath", why="the signature would be wrong"),
    Declared("add the remote", r"git remote add scones ", ("deploy",), why="the push has no address"),
    Declared(
        "push",
        r"git push scones ",
        ("deploy", "bring data", "add the remote", "let git sign in", "let git send its path"),
    ),
    Declared("await the build", r"scones .*builds --watch", ("push",), why="a push ends before its build begins"),
    Declared("watch", r"scones .*aws watch", ("await the build",)),
    Declared("approve", r"scones .*approve 1\b", ("watch",), why="nothing serves"),
    Declared("classify", r"scones .*classify ", ("approve",)),
    Declared("send dusk", r"scones .*dusk", ("approve", "confirm the mail"), why="nobody has seen that drift is found"),
    Declared("check for drift", r"scones .*monitor --now", ("send dusk",)),
    Declared(
        "read the mail about drift",
        r"[Mm]ail\b.*alarm",
        ("check for drift",),
        by_hand=True,
        why="nobody has seen that the mail comes",
    ),
    Declared("start a run", r"scones .*aws run", ("await the build",), why="nobody has seen a run that needs no push"),
    Declared("take it down", r"scones .*destroy$", ("deploy",), why="the endpoint goes on costing money"),
)


def check(steps: Sequence[Step]) -> None:
    """Raise PageError if a declared step is missing from the page, or comes before one that it needs."""
    found: dict[str, Step] = {}
    for step in steps:
        for act in step.acts:
            for one in DECLARED:
                if one.name in found or one.by_hand is not isinstance(act, ByHand) or not _is(one, act):
                    continue
                missing = [name for name in one.needs if name not in found]
                if missing:
                    raise PageError(_too_early(one, act, step, missing, steps))
                found[one.name] = step
    for one in DECLARED:
        if one.name not in found:
            raise PageError(
                f"The page does not say how to {one.name} (known by {one.known_by!r}): {one.why or 'it is needed'}."
            )


def _too_early(one: Declared, act: Command | ByHand, step: Step, missing: list[str], steps: Sequence[Step]) -> str:
    later = {other.name: where.name for where in steps for other in DECLARED for a in where.acts if _is(other, a)}
    places = ", ".join(f"{name} ({later.get(name, 'nowhere on the page')})" for name in missing)
    return f"docs/aws.md line {act.line}, {step.name}: to {one.name} comes too early or lacks what it needs: {places}."


def _is(one: Declared, act: Command | ByHand) -> bool:
    return re.search(one.known_by, act.text) is not None
