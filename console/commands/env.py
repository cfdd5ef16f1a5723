"""`scones env`: what leads the tools of a shell, or of another program, to the local AWS."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace

from console.commands import Command, add_json
from console.errors import CommandError
from console.target import choose


def print_environment(options: Namespace) -> int:
    """Print the variables, for `eval "$(scones env)"`, or JSON for programs."""
    from localaws import keys
    from localaws.command.variables import print_session

    if options.target != "local":
        raise CommandError(
            "`scones env` is about the local AWS; on AWS use your own credentials. Leave out --target.", 2
        )
    if options.json and options.shell:
        raise CommandError("--shell says in whose words variables are printed; leave it out with --json.", 2)
    given = dict(os.environ)  # before it is set to the installation's key
    settings = choose("local").local
    if settings is None:
        raise CommandError("The local AWS has no settings.")
    print_session(options, settings, keys.ensure(settings), given)
    return 0


def _add_arguments(parser: ArgumentParser) -> None:
    from localaws.command.variables import add_arguments

    add_arguments(parser)
    add_json(parser)


COMMANDS = {"env": Command(print_environment, _add_arguments)}
