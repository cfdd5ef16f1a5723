"""Deliveries to targets: made, tried again, given up into a queue, and kept over a crash."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest

from localaws.deliveries.deliveries import KIND, Deliveries
from localaws.deliveries.delivery import Delivery
from localaws.engine import records
from localaws.ministack_patches.eventbridge.dead_letters import give_up_delivery

if TYPE_CHECKING:
    from tests.unit.localaws.conftest import Build, Runs
    from tests.unit.localaws.deliveries.conftest import Delivering

PIPELINE = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/line"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:bake"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:dead-letters"
RULE = "arn:aws:events:us-east-1:000000000000:rule/new-data"
NAMED = [{"Name": "Source", "Type": "String", "DefaultValue": "none"}]


def pipeline(**parameters: str) -> dict[str, Any]:
    listed = [{"Name": name, "Value": value} for name, value in parameters.items()]
    return {
        "Arn": PIPELINE,
        "SageMakerPipelineParameters": {"PipelineParameterList": listed},
        "DeadLetterConfig": {"Arn": QUEUE},
    }


@pytest.mark.usefixtures("script")
def test_a_schedule_starts_a_pipeline_with_its_parameters_at_the_schedules_time(
    delivering: Delivering, runs: Runs, build: Build
) -> None:
    runs.create(build.text(build.step("Train"), parameters=NAMED))
    delivery = delivering.deliver(pipeline(Source="$.detail.key"))
    (execution,) = runs.aws.store.all(records.EXECUTION)
    assert execution["Parameters"] == {"Source": "$.detail.key"}  # a schedule has no event that a path could lead into
    assert execution["CreationTime"] == delivery.began
    assert delivering.dead == []
    runs.ended(execution["PipelineExecutionArn"])


@pytest.mark.usefixtures("script")
def test_a_delivery_that_is_repeated_after_a_crash_starts_no_second_execution(
    delivering: Delivering, runs: Runs, build: Build
) -> None:
    runs.create(build.text(build.step("Train"), parameters=NAMED))
    delivery = delivering.deliver(pipeline(Source="a"))
    runs.aws.store.put(KIND, delivery.id, asdict(delivery))
    Deliveries(delivering.aws, give_up_delivery).resume()
    delivering.await_end()
    assert len(runs.aws.store.all(records.EXECUTION)) == 1


@pytest.mark.parametrize(
    ("value", "bound"),
    [("$.detail.key", "raw/new.tar"), ("$.resources[0]", "arn:bucket"), ("$.detail.size", "3"), ("plain", "plain")],
)
@pytest.mark.usefixtures("script")
def test_a_rule_takes_parameters_from_its_event(
    delivering: Delivering, runs: Runs, build: Build, value: str, bound: str
) -> None:
    runs.create(build.text(build.step("Train"), parameters=NAMED))
    event = {"detail": {"key": "raw/new.tar", "size": 3}, "resources": ["arn:bucket"]}
    delivering.deliver(pipeline(Source=value), principal="events.amazonaws.com", source=RULE, event=event)
    (execution,) = runs.aws.store.all(records.EXECUTION)
    assert execution["Parameters"] == {"Source": bound}
    runs.ended(execution["PipelineExecutionArn"])


def test_a_path_that_leads_nowhere_is_given_up_with_awss_code(delivering: Delivering, runs: Runs, build: Build) -> None:
    runs.create(build.text(build.step("Train"), parameters=NAMED))
    rule = {"principal": "events.amazonaws.com", "source": RULE, "event": {"detail": {}}}
    delivering.deliver(pipeline(Source="$.detail.key"), **rule)
    (told,) = delivering.dead
    assert (told["ERROR_CODE"], told["RULE_ARN"], told["TARGET_ARN"]) == ("EVENT_IN_INCORRECT_FORMAT", RULE, PIPELINE)
    assert runs.aws.store.all(records.EXECUTION) == []


def test_a_queue_whose_policy_does_not_let_eventbridge_in_gets_no_dead_letter(
    delivering: Delivering, runs: Runs, build: Build
) -> None:
    runs.create(build.text(build.step("Train"), parameters=NAMED))
    rule = {"principal": "events.amazonaws.com", "source": RULE, "event": {"detail": {}}}
    target = pipeline(Source="$.detail.key") | {"DeadLetterConfig": {"Arn": f"{QUEUE}-closed"}}
    delivering.deliver(target, **rule)
    assert delivering.dead == []


def test_a_missing_pipeline_or_parameter_is_given_up_at_once_and_reported_in_the_queue(
    delivering: Delivering, runs: Runs, build: Build
) -> None:
    delivering.deliver(pipeline())
    runs.create(build.text(build.step("Train")))
    delivering.deliver(pipeline(Unknown="a"))
    first, second = delivering.dead
    assert (first["ERROR_CODE"], first["RETRY_ATTEMPTS"]) == ("ResourceNotFound", "0")
    assert first["SCHEDULE_ARN"].endswith("schedule/default/drift")
    assert first["SCHEDULED_TIME"] == "2027-01-15T08:00:00Z"
    assert "EXHAUSTED_RETRY_CONDITION" not in first
    assert second["ERROR_CODE"] == "ValidationException"
    assert delivering.waits == []


def test_what_may_pass_is_tried_again_ever_later_until_the_policy_is_exhausted(delivering: Delivering) -> None:
    delivering.services["lambda"].failures = [("ServiceException", 500), ("ThrottlingException", 400)] * 3
    policy = {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 60}
    delivering.deliver({"Arn": FUNCTION, "RetryPolicy": policy, "DeadLetterConfig": {"Arn": QUEUE}})
    assert delivering.waits == [1, 2, 4]
    (told,) = delivering.dead
    assert (told["RETRY_ATTEMPTS"], told["EXHAUSTED_RETRY_CONDITION"]) == ("3", "MaximumRetryAttempts")


def test_a_delivery_that_is_too_old_is_not_tried_again(delivering: Delivering) -> None:
    delivering.services["lambda"].failures = [("ServiceException", 500)] * 2
    target = {"Arn": FUNCTION, "RetryPolicy": {"MaximumEventAgeInSeconds": 60}, "DeadLetterConfig": {"Arn": QUEUE}}
    delivering.deliver(target, taken=1.0)
    assert [told["EXHAUSTED_RETRY_CONDITION"] for told in delivering.dead] == ["MaximumEventAgeInSeconds"]


def test_a_stop_leaves_a_delivery_to_the_next_start(delivering: Delivering) -> None:
    delivering.aws.stopping.set()
    delivering.services["lambda"].failures = [("ServiceException", 500)]
    store = delivering.aws.store
    delivery = Delivery(
        source=RULE,
        principal="events.amazonaws.com",
        target={"Arn": FUNCTION, "RoleArn": "arn:aws:iam::000000000000:role/r"},
        scheduled=1.0,
        began=1.0,
        event={},
    )
    deliveries = Deliveries(delivering.aws, give_up_delivery)
    deliveries._carry_out(deliveries.record(delivery))
    assert store.all(KIND) == [asdict(delivery)]
    delivering.aws.stopping.clear()
    deliveries.resume()
    delivering.await_end()
    assert [operation for operation, _ in delivering.services["lambda"].calls] == ["invoke", "invoke"]


def test_each_target_is_called_with_what_it_takes(delivering: Delivering) -> None:
    arn = "arn:aws:{}:us-east-1:000000000000:{}".format
    given = {"Input": '{"at": "<aws.scheduler.scheduled-time>"}'}
    events = {"EventBridgeParameters": {"Source": "ours", "DetailType": "Due"}}
    delivering.deliver({"Arn": FUNCTION})
    delivering.deliver({"Arn": arn("sqs", "line.fifo"), "SqsParameters": {"MessageGroupId": "g"}, **given})
    delivering.deliver({"Arn": arn("sns", "people"), **given})
    delivering.deliver({"Arn": arn("states", "stateMachine:flow"), **given})
    delivering.deliver({"Arn": arn("events", "event-bus/default"), **events, **given})
    universal = {"Arn": "arn:aws:scheduler:::aws-sdk:sagemaker:stopPipelineExecution", "Input": '{"A": "b"}'}
    delivering.deliver(universal)
    asked = {name: service.calls[0] for name, service in delivering.services.items()}
    filled = '{"at": "2027-01-15T08:00:00Z"}'
    event = json.loads(asked["lambda"][1]["Payload"])
    assert (event["source"], event["detail-type"]) == ("aws.scheduler", "Scheduled Event")
    assert asked["sqs"][1]["MessageBody"] == filled
    assert asked["sqs"][1]["MessageGroupId"] == "g"
    assert asked["sns"][1]["Message"] == filled
    assert asked["stepfunctions"][1]["input"] == filled
    assert asked["events"][1]["Entries"][0]["Source"] == "ours"
    assert asked["sagemaker"] == ("stop_pipeline_execution", {"A": "b"})
