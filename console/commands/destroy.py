"""`scones destroy`: remove the project; what holds data stays, unless `--delete-data` gives it up."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from console.target import Target, choose

if TYPE_CHECKING:
    from seedcode.removal.project import Project
    from seedcode.removal.removal import Inventory


def add_arguments(parser: ArgumentParser) -> None:
    """Whether to ask, and whether data goes as well."""
    parser.add_argument("--yes", action="store_true", help="remove without asking")
    parser.add_argument("--delete-data", action="store_true", help="delete the data as well; nothing brings it back")


def run(options: Namespace) -> int:
    """List what there is, ask, remove it with progress, and name what stays."""
    from console.deployment import show
    from console.deployment.ask import type_the_name
    from seedcode.removal.removal import look, remove

    target = choose(options.target)
    project = _project(target)
    inventory = look(project)
    if inventory.empty:
        print(f"There is nothing of the project {project.name} in {project.aws.account} {project.aws.region}.")
        return 0
    _list(project, inventory, delete_data=options.delete_data)
    type_the_name(project.name, yes=options.yes)
    role = os.environ.get("SCONES_DEPLOY_ROLE_ARN") or None
    with show.reporter() as reporter:
        left = remove(project, reporter, delete_data=options.delete_data, role_arn=role)
    print(f"The project {project.name} is removed.")
    if left:
        print("What holds data is still there; each with the command that deletes it:")
        for holding in left:
            print(f"  {holding.line}\n      {holding.command}")
    return 0


def _project(target: Target) -> Project:
    from console.deployment.project import account
    from seedcode.removal.project import Project
    from seedcode.stack.state import describe

    aws = account(target)
    settings = target.project
    stack = describe(aws.client("cloudformation"), settings.project)
    bucket = (stack.outputs if stack else {}).get("BucketName", settings.bucket)
    repository = (stack.parameters if stack else {}).get("RepositoryName") or settings.project
    return Project(aws, settings.project, bucket, repository, settings.project_id or settings.project.lower())


def _list(project: Project, inventory: Inventory, *, delete_data: bool) -> None:
    print(f"The project {project.name} in account {project.aws.account}, {project.aws.region}:")
    if inventory.stack:
        kinds = ", ".join(f"{count} {kind.removeprefix('AWS::')}" for kind, count in inventory.resources.items())
        print(f"  the stack {inventory.stack.name}, {inventory.stack.status}: {kinds or 'no resources'}")
    for line in inventory.running.lines:
        print(f"  {line}")
    if inventory.holdings:
        print("What holds data:")
    for holding in inventory.holdings:
        goes = "goes with the stack" if inventory.goes(holding) else "stays"
        print(f"  {holding.line}; {'is deleted' if delete_data else goes}")
