"""A project's removal as a whole: looked at first, then done, and what stays is named at the end."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from seedcode.errors import StackError
from seedcode.removal import holdings, running
from seedcode.removal.holdings import Holding
from seedcode.removal.project import Project
from seedcode.removal.running import Running
from seedcode.stack import service_roles
from seedcode.stack.follow import Operation
from seedcode.stack.location import templates_bucket
from seedcode.stack.report import Reporter
from seedcode.stack.state import Client, Stack, describe, list_resources
from seedcode.stack.template import Template


@dataclass(frozen=True)
class Inventory:
    """What is there of a project."""

    stack: Stack | None
    resources: dict[str, int]
    running: Running
    holdings: list[Holding]
    # What goes after the stack, where a removal before this one failed between the two.
    left: tuple[str, ...] = ()
    # Types and physical ids of what CloudFormation deletes with the stack.
    owned: frozenset[tuple[str, str]] = frozenset()

    def goes(self, holding: Holding) -> bool:
        """Whether something that holds data is deleted with the stack."""
        return (holding.type, holding.name) in self.owned

    @property
    def empty(self) -> bool:
        """Whether there is nothing to remove or to name."""
        return not (self.stack or self.left or self.running.lines or self.holdings)


def take_inventory(project: Project) -> Inventory:
    """Look at everything of a project; what is gone is left out."""
    cloudformation = project.aws.client("cloudformation")
    stack = describe(cloudformation, project.name)
    resources = list_resources(cloudformation, stack.id) if stack else {}
    counts = Counter(sorted(entry["ResourceType"] for entry in resources.values()))
    owned = _find_owned(cloudformation, stack, resources) if stack else frozenset()
    left = () if stack else tuple(_find_left(project))
    return Inventory(stack, dict(counts), running.find(project), holdings.find(project), left, owned)


def _find_left(project: Project) -> Iterator[str]:
    for name in service_roles.find(project.aws.client("iam"), project.name):
        yield f"role {name}"
    if holdings.has_bucket(project.aws.client("s3"), _templates_bucket(project)):
        yield f"bucket of templates {_templates_bucket(project)}"


def _templates_bucket(project: Project) -> str:
    return templates_bucket(project.name, project.aws.account, project.aws.region)


def _find_owned(
    cloudformation: Client, stack: Stack, resources: Mapping[str, dict[str, Any]]
) -> frozenset[tuple[str, str]]:
    """What the deployed template does not retain; a template that cannot be read any more retains nothing."""
    body = (
        cloudformation.get_template(StackName=stack.id, TemplateStage="Original").get("TemplateBody") or "Resources: {}"
    )
    template = Template(body if isinstance(body, str) else json.dumps(body))
    return frozenset(
        (entry["ResourceType"], entry.get("PhysicalResourceId", ""))
        for name, entry in resources.items()
        if not template.retains(name)
    )


def remove(project: Project, reporter: Reporter, *, delete_data: bool, role_arn: str | None = None) -> list[Holding]:
    """Remove the project; answer what stays because it holds data. What is gone already is no failure."""
    running.stop(project, running.find(project), reporter.say)
    stack = describe(project.aws.client("cloudformation"), project.name)
    if stack:
        _delete_stack(project, stack, reporter, role_arn)
    for sentence in service_roles.remove(project.aws.client("iam"), project.name):
        reporter.say(f"Removed the {sentence}.")
    bucket = _templates_bucket(project)
    if holdings.remove_bucket(project.aws.client("s3"), bucket):
        reporter.say(f"Removed the bucket of templates {bucket}.")
    if delete_data:
        for sentence in holdings.erase(project):
            reporter.say(f"Deleted {sentence}.")
    return holdings.find(project)


def _delete_stack(project: Project, stack: Stack, reporter: Reporter, role_arn: str | None) -> None:
    cloudformation = project.aws.client("cloudformation")
    operation = Operation(cloudformation, stack.id)
    # Without a role CloudFormation would take the one of the last update, which may be that of a push.
    role_arn = role_arn or service_roles.find_of_people(project.aws, project.name, stack)
    cloudformation.delete_stack(StackName=stack.id, **({"RoleARN": role_arn} if role_arn else {}))
    ended = operation.follow(reporter)
    if ended.status != "DELETE_COMPLETE":
        raise StackError(f"The stack {stack.name} ended as {ended.status}: {operation.reason()}")
