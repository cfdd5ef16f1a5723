"""The commands, a module a subject; `console.__main__` names them, and imports only the module that is asked for."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from dataclasses import dataclass


def add_nothing(_: ArgumentParser) -> None:
    """For a command without arguments of its own."""


def add_json(parser: ArgumentParser) -> None:
    """`--json` for programs."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def parse_limit(text: str) -> int:
    """How many rows of a listing; 0 means all."""
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is not a whole number from 0")
    return int(text)


def add_execution(parser: ArgumentParser) -> None:
    """Which execution; the newest where none is named."""
    parser.add_argument("execution", nargs="?", help="ARN, id or the beginning of one, or `latest` (the default)")


def add_version(parser: ArgumentParser) -> None:
    """Which version, as `console.endpoint.get_number` reads it."""
    parser.add_argument("version", help="number as `scones models` shows it, `latest`, or `live`")


@dataclass(frozen=True)
class Command:
    """A command: `run` answers its exit code."""

    run: Callable[[Namespace], int]
    add_arguments: Callable[[ArgumentParser], None] = add_nothing
