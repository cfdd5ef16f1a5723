"""The commands, a module a subject; `console.__main__` names them, and imports only the module that is asked for."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass


def add_nothing(_: ArgumentParser) -> None:
    """For a command without arguments of its own."""


def add_json(parser: ArgumentParser) -> None:
    """`--json` for programs."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def add_execution(parser: ArgumentParser) -> None:
    """Which execution; the newest where none is named."""
    parser.add_argument("execution", nargs="?", help="ARN or id (default: the newest)")


@dataclass(frozen=True)
class Command:
    """A command: `run` answers its exit code."""

    run: Callable[[Namespace], int]
    add_arguments: Callable[[ArgumentParser], None] = add_nothing
