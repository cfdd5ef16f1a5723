"""`scones deploy`, `destroy`, `package` and `seed`: the project's stack, and what it is made of."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from console.commands import Command
from console.errors import CommandError
from console.target import Target, choose

if TYPE_CHECKING:
    from seedcode.removal.project import Project
    from seedcode.removal.removal import Inventory
    from seedcode.stack.spec import Spec


def deploy(options: Namespace) -> int:
    """Check before anything is created, show the change set, execute it, and print the stack's outputs."""
    from console.deployment import project, terminal
    from pipelines.start import parse_overrides

    target = choose(options.target)
    spec = project.build_spec(target, parse_overrides(options.set))
    _check(target, spec, with_notes=not options.json)
    if options.json:
        if target.local is None and not options.yes:
            raise CommandError("--json asks nothing; pass --yes with it.", 2)
        quiet = terminal.Quiet()
        agree = terminal.Consent(yes=True, local=True)
        outputs = project.deploy(target, spec, quiet, agree)
        print(json.dumps({"changes": quiet.made, "outputs": outputs}, indent=2))
        return 0
    consent = terminal.Consent(yes=options.yes, local=target.local is not None)
    with terminal.reporter() as reporter:
        outputs = project.deploy(target, spec, reporter, consent)
    print(f"The stack {spec.project} is deployed:")
    for output, value in outputs.items():
        print(f"  {output}  {value}")
    return 0


def _check(target: Target, spec: Spec, *, with_notes: bool) -> None:
    """Raise CommandError with everything that prevents the deployment."""
    from console.deployment import project
    from seedcode.preflight.findings import inspect

    findings = inspect(project.account(target), spec, on_laptop=target.local is not None)
    if with_notes:
        for note in findings.notes:
            print(f"Note: {note}")
    if findings.refusals:
        raise CommandError("nothing was deployed.\n" + "\n".join(f"  - {line}" for line in findings.refusals))


def _add_deploy(parser: ArgumentParser) -> None:
    parser.add_argument("--set", action="append", default=[], metavar="Name=Value", help="a template parameter")
    parser.add_argument("--yes", action="store_true", help="execute the change set without asking")
    parser.add_argument("--json", action="store_true", help="print changes and outputs as JSON when done; asks nothing")


def destroy(options: Namespace) -> int:
    """List what there is, ask, remove it with progress, and name what stays."""
    from console.deployment import terminal
    from seedcode.removal.removal import remove, take_inventory

    target = choose(options.target)
    project = _find_project(target)
    inventory = take_inventory(project)
    if inventory.empty:
        print(f"There is nothing of the project {project.name} in {project.aws.account} {project.aws.region}.")
        return 0
    _print_inventory(project, inventory, delete_data=options.delete_data)
    terminal.type_the_name(project.name, yes=options.yes)
    role = os.environ.get("SCONES_DEPLOY_ROLE_ARN") or None
    with terminal.reporter() as reporter:
        left = remove(project, reporter, delete_data=options.delete_data, role_arn=role)
    print(f"The project {project.name} is removed.")
    if left:
        print("What holds data is still there; each with the command that deletes it:")
        for holding in left:
            print(f"  {holding.line}\n      {holding.command}")
    return 0


def _find_project(target: Target) -> Project:
    from console.deployment.project import account
    from seedcode.removal.project import Project
    from seedcode.stack.state import describe

    aws = account(target)
    settings = target.project
    stack = describe(aws.client("cloudformation"), settings.project)
    bucket = (stack.outputs if stack else {}).get("BucketName", settings.bucket)
    repository = (stack.parameters if stack else {}).get("RepositoryName") or settings.project
    return Project(aws, settings.project, bucket, repository, settings.project_id or settings.project.lower())


def _print_inventory(project: Project, inventory: Inventory, *, delete_data: bool) -> None:
    print(f"The project {project.name} in account {project.aws.account}, {project.aws.region}:")
    if inventory.stack:
        kinds = ", ".join(f"{count} {kind.removeprefix('AWS::')}" for kind, count in inventory.resources.items())
        print(f"  the stack {inventory.stack.name}, {inventory.stack.status}: {kinds or 'no resources'}")
    for line in inventory.left:
        print(f"  the {line}, whose stack is gone")
    for line in inventory.running.lines:
        print(f"  {line}")
    if inventory.holdings:
        print("What holds data:")
    for holding in inventory.holdings:
        goes = "goes with the stack" if inventory.goes(holding) else "stays"
        print(f"  {holding.line}; {'is deleted' if delete_data else goes}")


def _add_destroy(parser: ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="remove without asking")
    parser.add_argument("--delete-data", action="store_true", help="delete the data as well; nothing restores it")


def package(options: Namespace) -> int:
    """Build every artifact of a deployment; the target matters to `--publish` alone."""
    from seedcode.commands import package as command

    choose(options.target, must_run=bool(options.publish))
    return command.run(options)


def _add_package(parser: ArgumentParser) -> None:
    from seedcode.commands import package as command

    command.add_arguments(parser)


def seed(options: Namespace) -> int:
    """Write the repository of a new project; on a laptop it can be pushed to the local AWS at once."""
    from seedcode.commands import seed as command

    code = command.run(options)
    if options.target == "local":
        print(_connect(options.path))
    return code


def _connect(checkout: Path) -> str:
    """Add the local AWS's repository as the remote; say in a sentence how to push to it."""
    from console.remote import NAME, connect
    from pipelines.settings import Settings

    local = choose("local", must_run=False).local
    home = local.home if local else Path(".scones").resolve()
    repository = home / "repositories" / f"{Settings.from_environment(os.environ).project}.git"
    return connect(checkout, repository) or (
        f"To push it to the local AWS: `scones up` here, and in the new one `git remote add {NAME} {repository}`."
    )


def _add_seed(parser: ArgumentParser) -> None:
    from seedcode.commands import seed as command

    command.add_arguments(parser)


COMMANDS = {
    "deploy": Command(deploy, _add_deploy),
    "destroy": Command(destroy, _add_destroy),
    "package": Command(package, _add_package),
    "seed": Command(seed, _add_seed),
}
