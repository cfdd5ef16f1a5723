"""Scheduler's API without a port, and a clock that goes on when a test says so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from localaws import clock, rest
from localaws.aws import Aws
from localaws.deliveries.deliveries import Deliveries
from localaws.deliveries.delivery import Delivery
from localaws.ministack_patches.eventbridge.dead_letters import give_up_delivery
from localaws.operations import SCHEDULER
from localaws.scheduler.runner import Runner

Document = dict[str, Any]
PIPELINE = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/line"
ROLE = "arn:aws:iam::000000000000:role/scheduler"


@dataclass
class Scheduler:
    """Calls operations as HTTP does, and looks for what is due; `handed` are the deliveries that began."""

    aws: Aws
    now: datetime = datetime(2026, 11, 24, 12, tzinfo=UTC)
    handed: list[Delivery] = field(default_factory=list)

    def __post_init__(self) -> None:
        deliveries = Deliveries(self.aws, give_up_delivery)
        deliveries.begin = self.handed.append  # type: ignore[method-assign]
        self.runner = Runner(self.aws, deliveries, lambda: self.now)

    def ask(self, method: str, path: str, query: str = "", **body: object) -> tuple[int, Document]:
        route = rest.match("scheduler", method, path)
        assert route, path
        content = json.dumps(body).encode() if body else b""
        request = rest.as_json("scheduler", *route, query.encode(), content)
        status, answer = rest.answer(SCHEDULER, self.aws, route[0], request)
        return status, json.loads(answer)

    def __call__(self, method: str, path: str, query: str = "", **body: object) -> Document:
        status, document = self.ask(method, path, query, **body)
        assert status == 200, document
        return document

    def create(self, name: str = "drift", **changes: object) -> Document:
        return self("POST", f"/schedules/{name}", **{**schedule(), **changes})

    def due(self) -> datetime | None:
        """When the schedule `drift` is due next."""
        stored = self.aws.store.get("schedule", "default/drift")
        assert stored
        return datetime.fromtimestamp(stored["NextTime"], UTC) if stored["NextTime"] is not None else None

    def times_after(self, **passed: float) -> list[datetime]:
        """Let time pass, look twice, and answer for which due times something was handed over."""
        self.now += timedelta(**passed)
        before = len(self.handed)
        self.runner.start_due()
        self.runner.start_due()
        return [datetime.fromtimestamp(item.scheduled, UTC) for item in self.handed[before:]]


def schedule() -> Document:
    """The request of a schedule, its name aside: hourly, a pipeline with one parameter."""
    parameters = {"PipelineParameterList": [{"Name": "Hours", "Value": "1"}]}
    return {
        "ScheduleExpression": "cron(10 * * * ? *)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": PIPELINE, "RoleArn": ROLE, "SageMakerPipelineParameters": parameters},
    }


@pytest.fixture
def scheduler(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Scheduler:
    made = Scheduler(aws)
    monkeypatch.setattr(clock, "read", lambda _: made.now)
    return made


@pytest.fixture
def request_of() -> Callable[[], Document]:
    return schedule
