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
    from localaws.command import variables
    from localaws.command.session import start_session
    from localaws.process import is_open

    if options.target != "local":
        raise CommandError(
            "`scones env` is about the local AWS; on AWS use your own credentials. Leave out --target.", 2
        )
    given = dict(os.environ)  # before it is set to the installation's key
    settings = choose("local").local
    if settings is None:
        raise CommandError("The local AWS has no settings.")
    session = start_session(settings, keys.ensure(settings), options.role)
    built = variables.build_variables(settings, session, given)
    if options.json:
        print(variables.format_as_json(built, session))
        return 0
    print(variables.format_for_shell(options.shell, built, variables.list_unwanted(given), session))
    if is_open(settings):
        print("# The local AWS takes any other credentials as well (SCONES_OPEN=true).")
    return 0


def _add_arguments(parser: ArgumentParser) -> None:
    from localaws.command.session import ROLE
    from localaws.command.variables import SHELLS

    parser.add_argument("--role", help=f"the name of the role to take on (default: {ROLE})")
    parser.add_argument(
        "--shell", choices=SHELLS, default="sh", help="whose words to print (default: sh, bash and zsh)"
    )
    add_json(parser)


COMMANDS = {"env": Command(print_environment, _add_arguments)}
