"""Records as a terminal shows them: a table where it is wide enough, else a block each. Only one column is ever cut."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from console.formats import moment, shorten
from localaws.plain import plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_GAP = "  "
_INDENT = "  "
_LEAST_OF_CUT = 24
"""Characters of the column that is cut, below which it has a line of its own."""
_ENDLESS = 1_000_000  # a pipe has no width
_STYLES = {
    "Succeeded": "green",
    "SUCCEEDED": "green",
    "Completed": "green",
    "InService": "green",
    "Approved": "green",
    "Executing": "cyan",
    "IN_PROGRESS": "cyan",
    "InProgress": "cyan",
    "Stopping": "yellow",
    "Stopped": "yellow",
    "PendingManualApproval": "yellow",
    "CompletedWithViolations": "yellow",
    "Rejected": "red",
    "Failed": "red",
    "FAILED": "red",
    "FAULT": "red",
}
_OF_STATUS = ("status", "approval")

Row = Mapping[str, Any]


def find_style(status: str) -> str:
    """The colour of a status of AWS's; empty where it has none."""
    return _STYLES.get(status, "")


def print_table(rows: Sequence[Row], cut: str) -> None:
    """Print records of the same fields; `cut` names the field that is shortened on a terminal, where there is one."""
    from rich.console import Console

    texts = [{name: _text(value) for name, value in row.items()} for row in rows]
    is_terminal = sys.stdout.isatty()
    console = Console(highlight=False, width=None if is_terminal else _ENDLESS)
    kept = [name for name in texts[0] if name != cut]
    widths = {name: max(len(name), *(len(text[name]) for text in texts)) for name in kept}
    needed = sum(widths.values()) + len(_GAP) * (len(kept) - 1)
    if needed > console.width:
        _print_blocks(console, texts, kept, cut)
    else:
        _print_lines(console, texts, widths, cut, console.width - needed - len(_GAP))


def _print_lines(
    console: Console, texts: Sequence[dict[str, str]], widths: dict[str, int], cut: str, room: int
) -> None:
    """A line a record; what is cut stands at its end, or below it where that has too little room."""
    longest = max(len(text.get(cut, "")) for text in texts)
    beside = bool(longest) and room >= min(longest, _LEAST_OF_CUT)
    heading = [_label(name).ljust(width) for name, width in widths.items()]
    _print(console, _joined([_GAP.join([*heading, _label(cut)] if beside else heading).rstrip()], "bold"))
    for text in texts:
        line = _joined([])
        for name, width in widths.items():
            line.append(text[name].ljust(width), style=_style(name, text[name])).append(_GAP)
        if beside:
            line.append(shorten(text[cut], room))
        line.rstrip()
        _print(console, line)
        if longest and not beside:
            _print_cut(console, text[cut])


def _print_blocks(console: Console, texts: Sequence[dict[str, str]], kept: Sequence[str], cut: str) -> None:
    """The first two fields of a record as its heading, the others below it with their names, none broken in two.

    What is longer than a line is cut to it.
    """
    for text in texts:
        heading = _joined([])
        if text[kept[0]].isdecimal():  # an id speaks for itself, a number does not
            heading.append(f"{_label(kept[0])} ", style="bold")
        for name in kept[:2]:
            heading.append(text[name], style=f"bold {_style(name, text[name])}".strip()).append(_GAP)
        heading.rstrip()
        heading.truncate(console.width, overflow="ellipsis")
        _print(console, heading)
        line = _INDENT
        for name in [name for name in kept[2:] if text[name]]:
            pair = shorten(f"{_label(name)} {text[name]}", console.width - len(_INDENT))
            if line.strip() and len(line) + len(pair) > console.width:
                _print(console, _joined([line.rstrip()]))
                line = _INDENT
            line += pair + _GAP
        if line.strip():
            _print(console, _joined([line.rstrip()]))
        _print_cut(console, text.get(cut, ""))


def _print_cut(console: Console, sentence: str) -> None:
    if sentence:
        _print(console, _joined([_INDENT + shorten(sentence, console.width - len(_INDENT))], "dim"))


def _joined(words: Sequence[str], style: str = "") -> Text:
    from rich.text import Text

    return Text(_GAP.join(words), style=style, end="")  # no markup of names


def _print(console: Console, line: Text) -> None:
    console.print(line, no_wrap=True, overflow="ignore", crop=False)


def _label(name: str) -> str:
    return name.replace("_", " ")


def _style(name: str, value: str) -> str:
    return find_style(value) if name in _OF_STATUS else ""


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else plain(str(value)).replace("\n", " ")
