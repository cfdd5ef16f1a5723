"""EventBridge rules hand pipelines over to be started, refuse what AWS refuses, and keep to their rhythm."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ministack.services import eventbridge
from ministack.services.cloudformation import provisioners

from localaws.deliveries.delivery import Delivery
from localaws.ministack_patches.eventbridge import targets

PIPELINE = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/line"
PROJECT = "arn:aws:codebuild:us-east-1:000000000000:project/bakery-build"
ROLE = "arn:aws:iam::000000000000:role/events"
TARGET = {"Id": "1", "Arn": PIPELINE, "RoleArn": ROLE}


class Taken:
    """Takes deliveries and carries none out."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []

    def take(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)


@pytest.fixture
def taken(apply: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Taken]:
    made = Taken()
    eventbridge._ensure_default_bus()
    monkeypatch.setattr(targets, "Deliveries", lambda *_: made)
    apply(targets)
    yield made
    eventbridge.reset()


def put(**target: object) -> tuple[int, dict[str, Any]]:
    pattern = json.dumps({"source": ["ours"]})
    eventbridge._put_rule({"Name": "new-data", "EventPattern": pattern})
    status, _, body = eventbridge._put_targets({"Rule": "new-data", "Targets": [target]})
    return status, json.loads(body)


def test_a_matching_event_is_handed_over_with_the_rule_and_what_it_matched(taken: Taken) -> None:
    assert put(**TARGET)[0] == 200
    entry = {"Source": "ours", "DetailType": "New", "Detail": json.dumps({"key": "raw/new.tar"})}
    eventbridge._put_events({"Entries": [entry]})
    (delivery,) = taken.deliveries
    assert delivery.source.endswith("rule/new-data")
    assert (delivery.principal, delivery.target["Arn"]) == ("events.amazonaws.com", PIPELINE)
    assert delivery.event["detail"] == {"key": "raw/new.tar"}
    assert delivery.event["detail-type"] == "New"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ({"Id": "1", "Arn": PIPELINE}, f"RoleArn is required for target {PIPELINE}."),
        ({"Id": "1", "Arn": PROJECT}, f"RoleArn is required for target {PROJECT}."),
        ({**TARGET, "Arn": PIPELINE.replace("pipeline", "model")}, "only pipelines can be targets"),
    ],
)
@pytest.mark.usefixtures("taken")
def test_a_pipeline_without_a_role_and_other_resources_are_refused_also_in_a_stack(
    target: dict[str, Any], words: str
) -> None:
    status, document = put(**target)
    assert (status, document["__type"]) == (400, "ValidationException")
    assert words in document["message"]
    create = provisioners._RESOURCE_HANDLERS["AWS::Events::Rule"]["create"]
    with pytest.raises(ValueError, match="Error Code: ValidationException"):
        create("Rule", {"Targets": [target]}, "stack")


def test_a_rate_keeps_its_rhythm_over_a_restart(taken: Taken, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_800_000_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    eventbridge._put_rule({"Name": "hourly", "ScheduleExpression": "rate(1 hour)"})
    eventbridge._put_targets({"Rule": "hourly", "Targets": [TARGET]})

    def fired(seconds: float) -> int:
        now[0] += seconds
        before = len(taken.deliveries)
        eventbridge._tick_scheduled_rules()
        return len(taken.deliveries) - before

    assert [fired(0), fired(3599), fired(1)] == [0, 0, 1]
    eventbridge._rule_last_fired.clear()  # what a restart forgets
    assert [fired(1800), fired(1799), fired(1)] == [0, 0, 1]
