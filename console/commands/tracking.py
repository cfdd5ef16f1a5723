"""`scones mlflow`: executions as runs of MLflow."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from console.commands import Command
from console.output import say
from console.target import choose


def _add_mlflow(parser: ArgumentParser) -> None:
    parser.add_argument("--follow", action="store_true", help="go on while executions run; `scones up` starts that")


def track(options: Namespace) -> int:
    """Write what MLflow does not have yet."""
    from console.tracking import follower

    target = choose(options.target)
    if options.follow:
        follower.follow(target)
        return 0
    count = follower.build(target).write_changes()
    say(f"MLflow is up to date; {count} {'run was' if count == 1 else 'runs were'} read.")
    return 0


COMMANDS = {"mlflow": Command(track, _add_mlflow)}
