"""EventBridge Scheduler and rules under the target's role, where IAM is enforced."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from localaws.deliveries.deliveries import KIND, Deliveries
from localaws.deliveries.delivery import Delivery
from localaws.engine import records
from localaws.errors import AwsError
from localaws.iam.authority import Authority
from localaws.ministack_patches.eventbridge.dead_letters import give_up_delivery
from localaws.operations import SCHEDULER

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Build, Runs

ACCOUNT = "000000000000"
LINE = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:pipeline/line"
START = "sagemaker:StartPipelineExecution"
GROUP = f"arn:aws:scheduler:us-east-1:{ACCOUNT}:schedule-group/default"
MakeRole = Callable[..., str]


@pytest.fixture
def enforced(aws: Aws) -> Aws:
    return replace(aws, authority=Authority(aws.settings))


@pytest.fixture
def line(runs: Runs, build: Build) -> None:
    """A pipeline that can be started."""
    runs.create(build.text(build.step("Train")))


def create(aws: Aws, role: str) -> Any:
    request = {
        "Name": "drift",
        "ScheduleExpression": "rate(1 hour)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": LINE, "RoleArn": role},
    }
    return SCHEDULER.call(aws, "CreateSchedule", request)


@pytest.mark.parametrize(
    "condition",
    [
        None,
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": GROUP}},
    ],
)
def test_a_role_that_scheduler_may_take_on_is_taken(
    enforced: Aws, make_role: MakeRole, condition: dict[str, Any] | None
) -> None:
    assert create(enforced, make_role("scheduler", "scheduler.amazonaws.com", START, condition=condition))


@pytest.mark.parametrize(
    ("service", "condition"),
    [
        ("events.amazonaws.com", None),
        ("scheduler.amazonaws.com", {"StringEquals": {"aws:SourceAccount": "111111111111"}}),
        ("scheduler.amazonaws.com", {"StringEquals": {"aws:SourceArn": f"{GROUP.replace('-group', '')}/drift"}}),
    ],
)
def test_a_role_that_scheduler_may_not_take_on_is_refused_when_the_schedule_is_made(
    enforced: Aws, make_role: MakeRole, service: str, condition: dict[str, Any] | None
) -> None:
    role = make_role("scheduler", service, START, condition=condition)
    with pytest.raises(AwsError) as refused:
        create(enforced, role)
    sentence = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
    assert (refused.value.code, refused.value.message) == ("ValidationException", sentence)


def test_the_group_stands_for_its_schedules_in_the_roles_trust_policy_when_they_are_due(
    enforced: Aws, make_role: MakeRole
) -> None:
    condition = {"StringEquals": {"aws:SourceArn": GROUP}}
    role = make_role("scheduler", "scheduler.amazonaws.com", START, condition=condition)
    schedule = f"{GROUP.replace('-group', '')}/drift"
    common = {"principal": "scheduler.amazonaws.com", "scheduled": 1.0, "began": 1.0}
    delivery = Delivery(source=schedule, target={"Arn": LINE, "RoleArn": role}, event={}, **common)  # type: ignore[arg-type]
    assert delivery.clients(enforced)


@pytest.mark.parametrize(
    ("trusts", "principal", "allows", "started"),
    [
        ("scheduler.amazonaws.com", "scheduler.amazonaws.com", (START, LINE), 1),
        ("events.amazonaws.com", "events.amazonaws.com", (START, LINE), 1),
        ("events.amazonaws.com", "scheduler.amazonaws.com", (START, LINE), 0),
        ("scheduler.amazonaws.com", "events.amazonaws.com", (START, LINE), 0),
        ("scheduler.amazonaws.com", "scheduler.amazonaws.com", (START, f"{LINE}s"), 0),
        ("scheduler.amazonaws.com", "scheduler.amazonaws.com", ("sagemaker:DescribePipeline", LINE), 0),
    ],
)
@pytest.mark.usefixtures("script", "line")
def test_a_pipeline_is_started_only_by_whom_the_role_trusts_and_where_it_allows_it(
    enforced: Aws, make_role: MakeRole, trusts: str, principal: str, allows: tuple[str, str], started: int
) -> None:
    target = {"Arn": LINE, "RoleArn": make_role("starter", trusts, allows[0], on=allows[1])}
    Deliveries(enforced, give_up_delivery).take(
        Delivery(source="arn:a", principal=principal, target=target, scheduled=1.0, began=1.0, event={})
    )
    deadline = time.monotonic() + 5
    while enforced.store.all(KIND):
        assert time.monotonic() < deadline
        time.sleep(0.005)
    executions = enforced.store.all(records.EXECUTION)
    assert len(executions) == started
    for execution in executions:
        enforced.tasks.join(execution["PipelineExecutionArn"], 10)
