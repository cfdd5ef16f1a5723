"""Writes docs/commands.md from the parsers: `python -m console.reference > docs/commands.md`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from console.__main__ import GROUPS, build_parser

_OPENING = """# Commands

Written by `python -m console.reference` from the parsers that the command has: change those, not this.

Every command takes `--target local` (the default, or what `SCONES_TARGET` says) or `--target aws`, and `--help`.
It ends with 0, with 1 for a failure, and with 2 for wrong usage. `scones --version` prints the version.
"""
_EVERYWHERE = ("help", "target")


def write_reference() -> Iterator[str]:
    """The page, line by line."""
    parsers = build_parser(None).commands
    yield from _OPENING.splitlines()
    for group, commands in GROUPS.items():
        yield from ("", f"## {group}")
        for name in commands:
            yield from _write_command(f"scones {name}", parsers[name], 3)


def _write_command(words: str, parser: argparse.ArgumentParser, level: int) -> Iterator[str]:
    yield from ("", f"{'#' * level} {words}", "")
    yield parser.description or ""
    yield from _write_arguments(parser)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, inner in action.choices.items():
                inner.description = inner.description or f"{helps.get(name, '').capitalize()}."
                yield from _write_command(f"{words} {name}", inner, level + 1)


def _write_arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    actions = [
        action
        for action in parser._actions
        if action.dest not in _EVERYWHERE
        and action.help != argparse.SUPPRESS
        and not isinstance(action, argparse._SubParsersAction)
    ]
    if not actions:
        return
    yield from ("", "| argument | meaning |", "| --- | --- |")
    for action in actions:
        meaning = (action.help or "").replace("%%", "%").replace("|", "\\|")
        yield f"| {_name(action)} | {meaning} |"


def _name(action: argparse.Action) -> str:
    """An argument as it is typed: `--limit N`, `[execution]`."""
    values = action.metavar or (action.dest if not action.option_strings else action.dest.upper())
    if action.choices is not None:
        values = "{" + ",".join(map(str, action.choices)) + "}"
    if not action.option_strings:
        optional = action.nargs in ("?", "*")
        return f"`[{values}]`" if optional else f"`{values}`"
    typed = f" {values}" if action.nargs != 0 else ""
    return ", ".join(f"`{option}{typed}`" for option in action.option_strings)


if __name__ == "__main__":
    sys.stdout.write("\n".join(write_reference()) + "\n")
