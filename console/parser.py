"""The command's parser: help by subject, and what was probably meant where a word is unknown."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

_UNKNOWN_CHOICE = re.compile(
    r"^(?:argument (?P<name>.*?): )?invalid choice: '(?P<given>.*?)' \(choose from (?P<known>.*)\)$"
)
_UNKNOWN_WORDS = re.compile(r"^unrecognized arguments: (?P<given>\S+)")
_OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")
_MOST_LISTED = 8


class Parser(argparse.ArgumentParser):
    """A parser of the standard library's; its commands are parsers of the same kind."""

    def __init__(
        self,
        *,
        groups: Mapping[str, Mapping[str, str]] | None = None,
        **settings: Any,  # noqa: ANN401 - argparse's own
    ) -> None:
        super().__init__(**settings)
        self.commands: dict[str, argparse.ArgumentParser] = {}
        self._groups = groups or {}
        self._words: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401
        self._words = list(sys.argv[1:] if args is None else args)
        return super().parse_known_args(args, namespace)

    def format_help(self) -> str:
        """The commands by subject, where there are such, in place of one long list."""
        if not self._groups:
            return super().format_help()
        lines = ["usage: scones [--target {local,aws}] COMMAND ...", "", str(self.description)]
        for group, commands in self._groups.items():
            lines += ["", f"{group}:"]
            lines += [f"  {name:<12} {sentence}" for name, sentence in commands.items()]
        lines += [
            "",
            "`scones COMMAND --help` explains a command, `--version` prints the version, `--target aws`",
            "acts on AWS itself (as SCONES_TARGET=aws), and `scones completion` lets your shell complete all of it.",
        ]
        return "\n".join(lines) + "\n"

    def error(self, message: str) -> NoReturn:
        """End with wrong usage; an unknown word is answered with those that are alike."""
        super().error(self._explain(message))

    def _explain(self, message: str) -> str:
        choice = _UNKNOWN_CHOICE.match(message)
        if choice:
            known = [word.strip(" '") for word in choice["known"].split(",")]
            what = choice["name"] if choice["name"] not in (None, "COMMAND") else "command"
            return f"There is no {what} {choice['given']!r}. {_suggest(choice['given'], known)}"
        words = _UNKNOWN_WORDS.match(message)
        command = next((self.commands[word] for word in self._words if word in self.commands), None)
        if words and command and words["given"].startswith("--"):
            given, _, value = words["given"].partition("=")
            if parameter := _find_parameter(command, given):
                return f"{parameter} is a pipeline parameter: `{command.prog} --set {parameter}={value or 'VALUE'}`."
            known = sorted(set(_OPTION.findall(command.format_help())))
            return f"{command.prog} has no option {given}. {_suggest(given, known, command.prog)}"
        return message


def _find_parameter(command: argparse.ArgumentParser, option: str) -> str | None:
    """The pipeline parameter that is meant by an option such as --epochs, where the command sets such."""
    if not re.search(r"--set Name=Value\s+a pipeline parameter", command.format_help()):
        return None
    from pipelines.hyperparameters import HYPERPARAMETERS
    from pipelines.parameters import OF_TUNING, OWN

    own = [entry.name for entry in (*OWN, *OF_TUNING)]
    names = {name.lower(): name for name in (*own, *(entry.parameter for entry in HYPERPARAMETERS.values()))}
    return names.get(option.replace("-", "").lower())


def _suggest(given: str, known: Sequence[str], command: str = "scones") -> str:
    """A sentence with what was probably meant, or with what there is."""
    alike = difflib.get_close_matches(given, known, n=2, cutoff=0.6)
    if alike:
        return f"Did you mean {' or '.join(alike)}?"
    return f"There are {', '.join(known)}." if len(known) <= _MOST_LISTED else f"`{command} --help` lists all."


class PrintVersion(argparse.Action):
    """Prints the installed version, and ends."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"scones {version('scones')}")
        parser.exit()
