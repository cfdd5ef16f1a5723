"""Somebody else's text, for a terminal."""

from __future__ import annotations

import re

# What a terminal obeys instead of showing it, and what turns the order of letters round.
_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Text of somebody else's for a terminal: control characters are shown as \\x1b, and not obeyed.

    A job's log, a name or an error could otherwise change the window, its title or the clipboard, or hide a line.
    """
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
