"""Rules with a target that MiniStack itself never calls, on MiniStack's own bus."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ministack.services import eventbridge
from ministack.services.cloudformation import provisioners

from localaws.errors import AwsError
from localaws.events import Outcome
from localaws.ministack_patches.eventbridge import targets
from localaws.ministack_patches.eventbridge.targets import deliver
from localaws.settings import Settings

RULE = "arn:aws:events:us-east-1:000000000000:rule/push"
SETTINGS = Settings()
GIVEN_UP: list[tuple[Any, ...]] = []
ROLE = "arn:aws:iam::000000000000:role/events"
PROJECT = "arn:aws:codebuild:us-east-1:000000000000:project/bakery-build"
EVENT = {"Source": "aws.codecommit", "DetailType": "push", "Detail": json.dumps({"commitId": "c1", "branch": "main"})}
TRANSFORMER = {"InputPathsMap": {"commit": "$.detail.commitId"}, "InputTemplate": '{"sourceVersion": <commit>}'}


@pytest.fixture
def started(apply: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str, Any, str]]]:
    """What was started: role, target, input and rule; a target that ends in `refused` is refused."""
    calls: list[tuple[str, str, Any, str]] = []

    def start(role: str, target: str, given: str, rule: str) -> str:
        if target.endswith("refused"):
            raise AwsError("AccessDeniedException", "not authorized to perform: codebuild:StartBuild")
        calls.append((role, target, json.loads(given), rule))
        return f"build-{len(calls)}"

    eventbridge._ensure_default_bus()
    monkeypatch.setattr(targets, "start_for_rule", lambda _, *given: start(*given))
    monkeypatch.setattr(targets, "give_up", lambda _, *given: GIVEN_UP.append(given))
    apply(targets)
    GIVEN_UP.clear()
    yield calls
    eventbridge.reset()


def rule(target: dict[str, Any], pattern: dict[str, Any] | None = None) -> None:
    eventbridge._put_rule({"Name": "push", "EventPattern": json.dumps(pattern or {"source": ["aws.codecommit"]})})
    eventbridge._put_targets({"Rule": "push", "Targets": [{"Id": "build", "RoleArn": ROLE, **target}]})


@pytest.mark.parametrize(
    ("how", "given"),
    [
        ({"InputTransformer": TRANSFORMER}, {"sourceVersion": "c1"}),
        ({"Input": "{}"}, {}),
        ({"InputPath": "$.detail"}, {"commitId": "c1", "branch": "main"}),
        ({"InputPath": "$.detail.branch"}, "main"),
    ],
)
def test_a_target_is_called_under_its_role_with_the_input_that_it_wants(
    started: list[tuple[str, str, Any, str]], how: dict[str, Any], given: object
) -> None:
    rule({"Arn": PROJECT, **how})
    assert deliver(SETTINGS, EVENT) == [Outcome(PROJECT, started="build-1")]
    assert started == [(ROLE, PROJECT, given, RULE)]


def test_a_target_without_an_input_is_given_the_event(started: list[tuple[str, str, Any, str]]) -> None:
    rule({"Arn": PROJECT})
    deliver(SETTINGS, EVENT)
    assert started[0][2]["detail"] == {"commitId": "c1", "branch": "main"}
    assert started[0][2]["detail-type"] == "push"


def test_an_event_that_no_rule_is_for_has_no_outcome(started: list[tuple[str, str, Any, str]]) -> None:
    rule({"Arn": PROJECT}, {"source": ["aws.other"]})
    assert deliver(SETTINGS, EVENT) == []
    assert started == []


def test_a_refused_start_is_an_outcome_that_says_why(started: list[tuple[str, str, Any, str]]) -> None:
    rule({"Arn": f"{PROJECT}-refused"})
    (outcome,) = deliver(SETTINGS, EVENT)
    assert outcome.refused == (
        f"The rule push could not start {PROJECT}-refused: AccessDeniedException: not authorized to perform: "
        "codebuild:StartBuild"
    )
    assert started == []
    ((source, target, event, error),) = GIVEN_UP
    assert (source, target["Id"], event["detail"], error.code) == (
        RULE,
        "build",
        {"commitId": "c1", "branch": "main"},
        "AccessDeniedException",
    )


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize(
    "expression",
    [
        *("rate(1 minute)", "rate(2 minutes)", "rate(1 hour)", "rate(24 hours)", "rate(1 day)", "rate(7 days)"),
        *("cron(0 10 * * ? *)", "cron(0/5 8-17 ? * MON-FRI *)", "cron(15 12 L * ? *)", "cron(0 9 ? * 2#1 *)"),
        *("cron(0-15/1 8-8 ? * 2,3,4,5,6,7 *)", "cron(1-31/30 1-1 ? * 1,7 *)", "cron(0 0 1 1 ? 2030)"),
    ],
)
def test_a_rule_may_have_the_schedules_that_aws_takes(expression: str) -> None:
    assert eventbridge._put_rule({"Name": "due", "ScheduleExpression": expression})[0] == 200


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize(
    "expression",
    [
        *("rate(1 minutes)", "rate(2 minute)", "rate(1 hours)", "rate(1 days)", "rate(0 minutes)", "rate(0 minute)"),
        *("rate(5 seconds)", "rate(5)", "rate(-1 minutes)", "rate(1.5 hours)", "at(2030-01-01T00:00:00)", "hourly"),
        *(
            "cron(* * * * *)",
            "cron(0 10 * * ? * *)",
            "cron(0 10 ? * ? *)",
            "cron(0 10 * * * *)",
            "cron(7 20 * * 1-7 *)",
        ),
        *("cron(60 * * * ? *)", "cron(*/60 * * * ? *)", "cron(0 24 * * ? *)", "cron(0 0 0 * ? *)", "cron(0 0 ? * 8 *)"),
        *("cron(15 12 ? * -1 *)", "cron(0 0 ? 13 1 *)", "cron(0 0 ? * 6-2 *)", "cron(0 0 ? * 2#6 *)", "cron()"),
    ],
)
def test_a_rule_has_no_schedule_that_aws_refuses(expression: str) -> None:
    status, _, body = eventbridge._put_rule({"Name": "due", "ScheduleExpression": expression})
    said = json.loads(body)
    assert (status, said["__type"]) == (400, "ValidationException")
    assert said["message"] == "Parameter ScheduleExpression is not valid."
    with pytest.raises(ValueError, match=r"Parameter ScheduleExpression is not valid\. \(Service: EventBridge"):
        provisioners._RESOURCE_HANDLERS["AWS::Events::Rule"]["create"]("Due", {"ScheduleExpression": expression}, "s")


@pytest.mark.usefixtures("started")
def test_a_rule_has_a_pattern_or_a_schedule_and_a_schedule_the_default_bus() -> None:
    neither = json.loads(eventbridge._put_rule({"Name": "due"})[2])
    assert neither["message"] == "Parameter(s) EventPattern or ScheduleExpression must be specified."
    eventbridge._create_event_bus({"Name": "own"})
    request = {"Name": "due", "ScheduleExpression": "rate(1 day)", "EventBusName": "own"}
    said = json.loads(eventbridge._put_rule(request)[2])
    assert said["message"] == "ScheduleExpression is supported only on the default event bus."
