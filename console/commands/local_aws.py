"""`scones up` and `down`: the local AWS."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from console.commands import Command
from console.errors import CommandError
from console.target import Target, choose
from localaws.command.consent import agree
from localaws.settings import Settings


def _check_local(options: Namespace, sentence: str) -> None:
    if options.target != "local":
        raise CommandError(sentence, 2)


def _local(target: Target) -> Settings:
    if target.local is None:
        raise CommandError("The local AWS has no settings.")
    return target.local


def up(options: Namespace) -> int:
    """Start what is not running and bring the stack up to date."""
    from localaws.process import is_open

    _check_local(options, "`scones up` starts the local AWS; AWS itself is always up. Leave out --target.")
    target = bring_up()
    local, project = _local(target), target.project
    print(f"The local AWS runs on {local.endpoint}, with its state in {local.home}.")
    if is_open(local):
        print("It takes any credentials (SCONES_OPEN=true): every user of this machine may run code as you.")
    print(f"The stack {project.project} is deployed: bucket {project.bucket}.")
    sentence = connect_checkout(target)
    if sentence:
        print(sentence)
    return 0


def connect_checkout(target: Target) -> str | None:
    """Let `git push scones main` reach the local AWS from this folder; a sentence about it, None where it is no one."""
    from console.remote import connect

    return connect(Path.cwd(), _local(target).home / "repositories" / f"{target.project.project}.git")


def bring_up(meanwhile: Callable[[], object] = lambda: None) -> Target:
    """Start the local AWS where it does not run, and deploy the stack, which the answered target then reads.

    `meanwhile` is done while it starts, after the imports of the deployment, which take as long as the start.
    """
    from localaws.process import start

    def import_deployment() -> None:
        import_module("console.deployment.project")
        meanwhile()

    target = choose("local", must_run=False, make_key=True)
    start(_local(target), import_deployment)

    from console.deployment import project
    from seedcode.stack.report import Silent

    # An unchanged stack is left alone, for a start to be quick: a function's first call takes a second.
    project.deploy(target, project.build_spec(target, {}), Silent(), lambda *_: True, always_refresh=False)
    if os.environ.get("MLFLOW_TRACKING_URI"):
        from console.tracking import follower

        follower.start(target, os.environ)
    return Target(target.local)


def down(options: Namespace) -> int:
    """Stop it, after asking where that costs something; a local AWS that does not run is no failure."""
    from console.remote import disconnect
    from localaws.command.stopping import describe_absence, list_losses
    from localaws.process import stop, wipe

    _check_local(options, "`scones down` stops the local AWS; on AWS use `scones destroy`.")
    settings = _local(choose("local", must_run=False))
    losses = [] if options.yes else list_losses(settings, wipe=options.wipe)
    question = "Stop the local AWS and remove its state?" if options.wipe else "Stop the local AWS?"
    if not agree(losses, question, yes=options.yes):
        print("Nothing was stopped.")
        return 1
    print("The local AWS has stopped." if stop(settings) else describe_absence(settings))
    if options.wipe:
        wipe(settings)
        print(f"Its state in {settings.home} is removed; downloads and drawn samples stay.")
        sentence = disconnect(Path.cwd(), settings.home)
        if sentence:
            print(sentence)
    return 0


def _add_down(parser: ArgumentParser) -> None:
    parser.add_argument("--wipe", action="store_true", help="remove its state as well: registry, S3, logs")
    parser.add_argument(
        "--yes", "--force", action="store_true", help="do not ask, also where executions run or state is removed"
    )


COMMANDS = {
    "up": Command(up),
    "down": Command(down, _add_down),
}
