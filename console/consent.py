"""Asking before something is interrupted, removed or taken back."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from console.errors import CommandError
from console.plain import plain


def agree(losses: Sequence[str], question: str, *, yes: bool) -> bool:
    """Say what is lost, and ask; `yes` agrees unasked, and nothing is asked where nothing is lost.

    Raises CommandError where nobody is at a terminal to answer: a script says `--yes`.
    """
    if yes or not losses:
        return True
    for line in losses:
        sys.stderr.write(f"{plain(line)}\n")
    if not sys.stdin.isatty():
        raise CommandError("Nobody is at a terminal to agree, so nothing was done; pass --yes to do it.", 2)
    return input(f"{question} [y/N] ").strip().lower() in ("y", "yes")
