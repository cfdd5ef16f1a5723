"""What is tagged, and how it is tagged: resources of our own services, and MiniStack's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from localaws.aws import Aws
from localaws.builds import projects
from localaws.ministack import tagging as ministack
from localaws.records import tags
from localaws.records.catalogue import find_resource, list_arns
from localaws.scheduler import records as schedules
from localaws.shapes import Document


def list_tagged(aws: Aws) -> Iterator[tuple[str, dict[str, str]]]:
    """The ARN and the tags of each resource of a region that has any."""
    groups = [group["Arn"] for group in aws.store.all(schedules.GROUP)]
    for arn in [*list_arns(aws), *groups]:
        found = {tag["Key"]: tag["Value"] for tag in tags.list_tags(aws, arn)}
        if found:
            yield arn, found
    for project in aws.store.all(projects.KIND):
        if project.get("tags"):
            yield project["arn"], {tag["key"]: tag["value"] for tag in project["tags"]}
    yield from ministack.list_tagged(aws.settings)


def add_tags(aws: Aws, arn: str, added: Mapping[str, str]) -> None:
    """Add tags to a resource; raises LookupError where it is not there, and NotImplementedError for other services."""
    if _is_ours(aws, arn):
        tags.add_tags(aws, arn, [{"Key": name, "Value": value} for name, value in added.items()])
    elif project := _find_project(aws, arn):
        others = [tag for tag in project.get("tags", []) if tag["key"] not in added]
        own = [{"key": name, "value": value} for name, value in added.items()]
        aws.store.update(projects.KIND, project["name"], tags=[*others, *own])
    else:
        _check_known(arn)
        ministack.add_tags(aws.settings, arn, added)


def remove_tags(aws: Aws, arn: str, keys: Sequence[str]) -> None:
    """Take tags from a resource; raises as `add_tags` does."""
    if _is_ours(aws, arn):
        tags.remove_tags(aws, arn, keys)
    elif project := _find_project(aws, arn):
        left = [tag for tag in project.get("tags", []) if tag["key"] not in keys]
        aws.store.update(projects.KIND, project["name"], tags=left)
    else:
        _check_known(arn)
        ministack.remove_tags(aws.settings, arn, keys)


def _is_ours(aws: Aws, arn: str) -> bool:
    service = arn.split(":")[2]
    there = service == "scheduler" and any(group["Arn"] == arn for group in aws.store.all(schedules.GROUP))
    if not there and service == "sagemaker":
        there = find_resource(aws, arn) is not None
    if not there and service in ("sagemaker", "scheduler"):
        raise LookupError(arn)
    return there


def _find_project(aws: Aws, arn: str) -> Document | None:
    if arn.split(":")[2] != "codebuild":
        return None
    found = next((project for project in aws.store.all(projects.KIND) if project["arn"] == arn), None)
    if found is None:
        raise LookupError(arn)
    return found


def _check_known(arn: str) -> None:
    if not ministack.knows(arn.split(":")[2]):
        raise NotImplementedError(arn)
