"""Asks before something is changed or removed; where nobody can answer, `--yes` does."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from console.errors import CommandError
from seedcode.stack.report import Change


class Consent:
    """Agrees to change sets: by `--yes`, by a person's answer, or on the laptop when nobody is at a terminal."""

    def __init__(self, *, yes: bool, local: bool) -> None:
        self._agreed = yes
        self._local = local

    def __call__(self, _: Sequence[Change], dangers: Sequence[str]) -> bool:
        """Name what is dangerous, and ask once a deployment: the functions' code follows the bucket unasked."""
        for danger in dangers:
            print(f"Careful: {danger}")
        if self._agreed:
            return True
        if not sys.stdin.isatty():
            if not self._local:
                raise CommandError("Nobody is at a terminal to agree to the change set; pass --yes to execute it.", 2)
            return True
        self._agreed = input("Execute this change set? [y/N] ").strip().lower() in ("y", "yes")
        return self._agreed


def type_the_name(name: str, *, yes: bool) -> None:
    """Let a person type a name before it is removed; raises CommandError where that does not happen."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError("Nobody is at a terminal to agree; pass --yes to remove it.", 2)
    if input(f"Type {name} to remove it: ").strip() != name:
        raise CommandError("Nothing was removed: that was not its name.")
