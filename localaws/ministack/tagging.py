"""Tags of MiniStack's resources, each service's in its own form, as one list; and how they are written."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ministack.services import stepfunctions, tagging

from localaws.ministack import objects, scope
from localaws.settings import Settings

READS = {
    stepfunctions: ("_state_machines", "_tags"),
    tagging: (*("_COLLECTORS", "_REMOVERS", "_WRITERS"), *("_parse_resource_arn", "_require_resource_scope")),
}
logger = logging.getLogger(__name__)

# Schedules are the local AWS's own, and MiniStack's Scheduler is never asked.
_OURS = ("scheduler",)
_MACHINES = "states"


def list_tagged(settings: Settings) -> Iterator[tuple[str, dict[str, str]]]:
    """The ARN and the tags of each resource in a region that has any."""
    with scope.within(settings.account, settings.region):
        collectors = {name: collect for name, collect in tagging._COLLECTORS.items() if name not in _OURS}
        for collect in dict.fromkeys(collectors.values()):
            for arn, tags in list(collect()):
                if tags:
                    yield arn, {tag["Key"]: tag["Value"] for tag in tags}
        for arn, tags in list(stepfunctions._tags.items()):
            if tags:
                yield arn, {tag["key"]: tag["value"] for tag in tags}


def knows(service: str) -> bool:
    """Whether resources of a service, as their ARNs name it, can be tagged here."""
    return service not in _OURS and (service in tagging._WRITERS or service == _MACHINES)


def add_tags(settings: Settings, arn: str, tags: Mapping[str, str]) -> None:
    """Add tags to a resource; raises LookupError where it is not there."""
    with scope.within(settings.account, settings.region):
        if arn.split(":")[2] == _MACHINES:
            others = [tag for tag in _of_machine(arn) if tag["key"] not in tags]
            stepfunctions._tags[arn] = [*others, *({"key": name, "value": value} for name, value in tags.items())]
        else:
            _work(tagging._WRITERS, arn, dict(tags))
    objects.mark_changed()


def remove_tags(settings: Settings, arn: str, keys: Sequence[str]) -> None:
    """Take tags from a resource; raises LookupError where it is not there."""
    with scope.within(settings.account, settings.region):
        if arn.split(":")[2] == _MACHINES:
            stepfunctions._tags[arn] = [tag for tag in _of_machine(arn) if tag["key"] not in keys]
        else:
            _work(tagging._REMOVERS, arn, list(keys))
    objects.mark_changed()


def _of_machine(arn: str) -> list[dict[str, str]]:
    if arn not in stepfunctions._state_machines:
        raise LookupError(arn)
    found: list[dict[str, str]] = stepfunctions._tags.get(arn, [])
    return found


def _work(workers: Mapping[str, Any], arn: str, change: object) -> None:
    try:
        spec = tagging._parse_resource_arn(arn)
        tagging._require_resource_scope(spec, arn)
        workers[spec.service](spec, arn, change)
    except Exception as error:
        # MiniStack has an error of its own for each reason, and all of them mean that no such resource is there.
        logger.debug("%s cannot be tagged: %s", arn, error)
        raise LookupError(arn) from error
