"""`scones up`: start the local AWS and deploy the stack to it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from console.errors import CommandError
from console.target import Target, choose


def add_arguments(_: ArgumentParser) -> None:
    """Nothing to choose: SCONES_PORT and SCONES_HOME say where."""


def run(options: Namespace) -> int:
    """Start what is not running and bring the stack up to date."""
    from localaws.process import is_open

    if options.target != "local":
        raise CommandError("`scones up` starts the local AWS; AWS itself is always up. Leave out --target.", 2)
    target = bring_up()
    if target.local:
        print(f"The local AWS runs on {target.local.endpoint}, with its state in {target.local.home}.")
        if is_open(target.local):
            print("It takes any credentials (SCONES_OPEN=true): every user of this machine may run code as you.")
    print(f"The stack {target.project.project} is deployed: bucket {target.project.bucket}.")
    sentence = _connect(target)
    if sentence:
        print(sentence)
    return 0


def _connect(target: Target) -> str | None:
    from console.remote import connect

    if target.local is None:
        return None
    return connect(Path.cwd(), target.local.home / "repositories" / f"{target.project.project}.git")


def bring_up() -> Target:
    """Start the local AWS where it does not run, and deploy the stack."""
    from console.deployment import project
    from localaws.process import start
    from seedcode.stack.deployment import Deployment
    from seedcode.stack.report import Silent

    target = choose("local", must_run=False, make_key=True)
    if target.local is None:
        raise CommandError("The local AWS has no settings.")
    start(target.local)
    wished = project.wish(target, {})
    images = project.image_publisher(target, lambda _: None)
    Deployment(project.account(target), wished, Silent(), lambda *_: True, images).run(project.code(target, wished))
    return target
