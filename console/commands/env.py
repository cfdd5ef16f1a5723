"""`scones env`: what leads the AWS command line and SDKs to the local AWS, as a shell reads it."""

from __future__ import annotations

import json
import shlex
from argparse import ArgumentParser, Namespace

from console.errors import CommandError
from console.target import THEIRS, choose, local_environment


def add_arguments(parser: ArgumentParser) -> None:
    """`--json` for programs."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: Namespace) -> int:
    """Print the variables, for `eval "$(scones env)"`; the key is made where there is none yet."""
    from localaws import keys
    from localaws.process import is_open

    if options.target != "local":
        raise CommandError(
            "`scones env` is about the local AWS; on AWS your own credentials do. Leave out --target.", 2
        )
    settings = choose("local", must_run=False, make_key=True).local
    if settings is None:
        raise CommandError("The local AWS has no settings.")
    opened = is_open(settings)  # before anything is printed: a stranger on the port is refused
    variables = local_environment(settings, keys.ensure(settings))
    if options.json:
        print(json.dumps(variables, indent=2))
        return 0
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")
    print(f"unset {' '.join(THEIRS)}")
    if opened:
        print("# The local AWS takes any other credentials as well (SCONES_OPEN=true).")
    return 0
