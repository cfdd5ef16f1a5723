"""Groups of schedules, and their tags; the group `default` is always there."""

from __future__ import annotations

from collections.abc import Iterator

from localaws import listing
from localaws.aws import Aws, now
from localaws.errors import AwsError, validation
from localaws.operations import SCHEDULER, Named
from localaws.records import tags
from localaws.scheduler import records, schedules
from localaws.scheduler.records import DEFAULT_GROUP, GROUP, SCHEDULE
from localaws.shapes import Document

_ORDER = listing.Order({"Name": "Name"}, "Name", "Ascending")


def _find_group(aws: Aws, request: Document) -> Iterator[str]:
    yield records.arn(aws, "schedule-group", request["Name"])


@SCHEDULER.operation("CreateScheduleGroup", on=(_find_group,))
def create_group(aws: Aws, request: Document) -> Document:
    """Store a group; the same client token again answers the same one."""
    name = request["Name"]
    arn = records.arn(aws, "schedule-group", name)
    with aws.store.transaction():
        existing = _stored(aws, name)
        if existing and request.get("ClientToken") and existing.get("ClientToken") == request["ClientToken"]:
            return {"ScheduleGroupArn": arn}
        if existing:
            raise AwsError("ConflictException", f"Schedule group {name} already exists.", 409)
        times = {"CreationDate": now(), "LastModificationDate": now()}
        aws.store.put(GROUP, name, {**request, "Arn": arn, "State": "ACTIVE", **times})
        tags.tag_new(aws, arn, request)
    return {"ScheduleGroupArn": arn}


@SCHEDULER.operation("GetScheduleGroup", on=(_find_group,))
def get_group(aws: Aws, request: Document) -> Document:
    """A group as it is stored."""
    return _find(aws, request["Name"])


@SCHEDULER.operation("ListScheduleGroups")
def list_groups(aws: Aws, request: Document) -> Document:
    """Groups by name."""
    everyone = [_default(aws), *aws.store.all(GROUP)]
    found = [item for item in everyone if item["Name"].startswith(request.get("NamePrefix", ""))]
    chosen, more = listing.page(request, found, _ORDER, "Name")
    return {"ScheduleGroups": chosen, **more}


@SCHEDULER.operation("DeleteScheduleGroup", on=(_find_group,))
def delete_group(aws: Aws, request: Document) -> Document:
    """Forget a group and its schedules; AWS takes some time for that."""
    name = request["Name"]
    if name == DEFAULT_GROUP:
        raise validation("The default schedule group cannot be deleted.")
    with aws.store.transaction():
        arn = _find(aws, name)["Arn"]
        for schedule in aws.store.all(SCHEDULE, f"{name}/"):
            aws.store.delete(SCHEDULE, schedule["Key"])
        aws.store.delete(GROUP, name)
        tags.forget(aws, arn)
    return {}


@SCHEDULER.operation("TagResource", on=(Named("ResourceArn", ""),))
def tag(aws: Aws, request: Document) -> Document:
    """Add tags to a group."""
    tags.add_tags(aws, _tagged(aws, request), request["Tags"])
    return {}


@SCHEDULER.operation("UntagResource", on=(Named("ResourceArn", ""),))
def untag(aws: Aws, request: Document) -> Document:
    """Remove tags from a group."""
    tags.remove_tags(aws, _tagged(aws, request), request["TagKeys"])
    return {}


@SCHEDULER.operation("ListTagsForResource", on=(Named("ResourceArn", ""),))
def list_tags(aws: Aws, request: Document) -> Document:
    """The tags of a group."""
    return {"Tags": tags.list_tags(aws, _tagged(aws, request))}


def _tagged(aws: Aws, request: Document) -> str:
    """The ARN of a group that is there: schedules have no tags of their own."""
    arn: str = request["ResourceArn"]
    kind, _, name = arn.rsplit(":", 1)[-1].partition("/")
    if kind != "schedule-group":
        raise validation(f"{arn} cannot be tagged; schedule groups can.")
    _find(aws, name)
    return arn


def _find(aws: Aws, name: str) -> Document:
    found = _stored(aws, name)
    if found is None:
        raise schedules.missing("Schedule group", name)
    return found


def _stored(aws: Aws, name: str) -> Document | None:
    return _default(aws) if name == DEFAULT_GROUP else aws.store.get(GROUP, name)


def _default(aws: Aws) -> Document:
    return {"Name": DEFAULT_GROUP, "Arn": records.arn(aws, "schedule-group", DEFAULT_GROUP), "State": "ACTIVE"}
