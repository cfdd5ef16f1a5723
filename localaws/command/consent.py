"""Asking before something is interrupted, removed or taken back."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from localaws.plain import plain


def agree(losses: Sequence[str], question: str, *, yes: bool) -> bool:
    """Say what is lost, and ask; `yes` agrees unasked, and nothing is asked where nothing is lost.

    Where nobody is at a terminal, a script has decided: what is lost is said, and no answer is awaited.
    """
    if yes or not losses:
        return True
    for line in losses:
        sys.stderr.write(f"{plain(line)}\n")
    return not sys.stdin.isatty() or ask(f"{question} [y/N] ").lower() in ("y", "yes")


def ask(question: str) -> str:
    """Read a person's answer; Ctrl-D is an empty one, which agrees to nothing."""
    try:
        return input(question).strip()
    except EOFError:
        sys.stdout.write("\n")
        return ""
