"""MiniStack's Step Functions in this process, with a patch applied for one test only."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from ministack.services import s3, stepfunctions

Document = dict[str, Any]
ROLE = "arn:aws:iam::000000000000:role/states"


class Machines:
    """Step Functions without a port; functions are Python functions, called by their name."""

    def __init__(self, functions: dict[str, Callable[[Any], Any]]) -> None:
        self.functions = functions

    def call(self, operation: str, **request: object) -> Document:
        """Call an operation such as `_create_state_machine`; its answer, which must be a good one."""
        status, _, body = getattr(stepfunctions, operation)(request)
        answer: Document = json.loads(body)
        assert status == 200, answer
        return answer

    def create(self, name: str, states: Document, start: str) -> str:
        definition = json.dumps({"StartAt": start, "States": states})
        arn: str = self.call("_create_state_machine", name=name, definition=definition, roleArn=ROLE)["stateMachineArn"]
        return arn

    def run(self, arn: str, given: object = None) -> Document:
        """Start an execution and wait for its end."""
        execution = self.call("_start_execution", stateMachineArn=arn, input=json.dumps(given or {}))["executionArn"]
        return self.ended(execution)

    def ended(self, execution: str) -> Document:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            said = self.call("_describe_execution", executionArn=execution)
            if said["status"] != "RUNNING":
                return said
            time.sleep(0.02)
        raise AssertionError(f"{execution} still runs")


@pytest.fixture
def machines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machines]:
    made = Machines({})
    monkeypatch.setattr(stepfunctions, "_call_lambda", lambda name, event: made.functions[name](event))
    monkeypatch.setattr(stepfunctions, "_SFN_WAIT_SCALE", 0)
    yield made
    stepfunctions.reset()


@pytest.fixture
def bucket() -> Iterator[str]:
    """A bucket of MiniStack's S3."""
    s3._create_bucket("map-bucket", b"", {})
    yield "map-bucket"
    s3.reset()
