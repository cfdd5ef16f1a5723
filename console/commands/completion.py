"""`scones completion`: a script by which a shell completes commands, options and their values."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from console.commands import Command

SHELLS = ("bash", "zsh", "tcsh")


def print_completion(options: Namespace) -> int:
    """Print the script, made of the parsers of all commands."""
    import shtab

    print(shtab.complete(options.build_whole_parser(), options.shell))
    return 0


def _add_shell(parser: ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help='whose: eval "$(scones completion bash)"')


COMMANDS = {"completion": Command(print_completion, _add_shell)}
