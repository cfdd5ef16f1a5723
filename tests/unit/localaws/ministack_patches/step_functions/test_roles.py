"""State machines under their roles: what is asked before a function, a map and its results."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from ministack.services import lambda_svc

from localaws.errors import AwsError
from localaws.ministack_patches.step_functions import distributed_map, roles, tasks

if TYPE_CHECKING:
    from tests.unit.localaws.ministack_patches.conftest import Machines

ROLE = "arn:aws:iam::000000000000:role/states"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:bake"
CALL: dict[str, Any] = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke",
    "Parameters": {"FunctionName": FUNCTION},
    "End": True,
}
MAP: dict[str, Any] = {
    "Type": "Map",
    "ItemReader": {
        "Resource": "arn:aws:states:::s3:listObjectsV2",
        "Parameters": {"Bucket": "map-bucket", "Prefix": "in/"},
    },
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Bake",
        "States": {"Bake": CALL},
    },
    "ResultWriter": {
        "Resource": "arn:aws:states:::s3:putObject",
        "Parameters": {"Bucket": "map-bucket", "Prefix": "out"},
    },
    "End": True,
}


class Asked:
    """An authority that refuses what a test says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.refused = ""

    def check(self, role: str, action: str, resource: str, *, service: str) -> None:
        self.asked.append((role, action, resource))
        assert service == "states.amazonaws.com"
        if action == self.refused:
            raise AwsError("AccessDeniedException", f"not authorized to perform: {action}")


@pytest.fixture
def asked(machines: Machines, apply: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Asked:
    made = Asked()
    machines.functions[FUNCTION] = lambda event: event
    known = {"FunctionArn": FUNCTION}
    monkeypatch.setattr(lambda_svc, "_get_func_record_for_ref", lambda _: (known, known, "bake"))
    apply(distributed_map)
    apply(tasks)
    apply(roles, authority=made)
    return made


def test_a_function_is_called_under_the_machines_role(machines: Machines, asked: Asked) -> None:
    arn = machines.create("allowed", {"Bake": CALL}, "Bake")
    assert machines.run(arn)["status"] == "SUCCEEDED"
    assert asked.asked == [(ROLE, "lambda:InvokeFunction", FUNCTION)]


def test_a_function_that_the_role_may_not_call_fails_the_state_as_on_aws(machines: Machines, asked: Asked) -> None:
    asked.refused = "lambda:InvokeFunction"
    ended = machines.run(machines.create("refused", {"Bake": CALL}, "Bake"))
    assert (ended["status"], ended["error"]) == ("FAILED", "Lambda.AWSLambdaException")
    assert "lambda:InvokeFunction" in ended["cause"]


def test_a_map_asks_for_its_children_its_items_and_its_results(machines: Machines, asked: Asked, bucket: str) -> None:
    from ministack.services import s3

    s3._put_object(bucket, "in/one", b"", {})
    arn = machines.create("map", {"Each": MAP}, "Each")
    execution = machines.run(arn)
    assert execution["status"] == "SUCCEEDED"
    assert asked.asked == [
        (ROLE, "states:StartExecution", arn),
        (ROLE, "states:DescribeExecution", execution["executionArn"]),
        (ROLE, "s3:ListBucket", "arn:aws:s3:::map-bucket"),
        (ROLE, "s3:PutObject", "arn:aws:s3:::map-bucket/out/*"),
        (ROLE, "lambda:InvokeFunction", FUNCTION),
    ]


@pytest.mark.parametrize(
    "action", ["states:StartExecution", "states:DescribeExecution", "s3:ListBucket", "s3:PutObject"]
)
def test_a_map_that_lacks_a_permission_fails(machines: Machines, asked: Asked, bucket: str, action: str) -> None:
    asked.refused = action
    ended = machines.run(machines.create("map", {"Each": MAP}, "Each"))
    assert bucket
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Permissions")


@pytest.mark.parametrize("allowed", [True, False])
def test_a_stopped_execution_stops_the_children_of_its_map_under_its_role(
    machines: Machines, asked: Asked, bucket: str, allowed: bool
) -> None:
    from ministack.services import s3, stepfunctions

    called, go_on = threading.Event(), threading.Event()

    def bake(_: object) -> object:
        called.set()
        assert go_on.wait(5)
        return {}

    machines.functions[FUNCTION] = bake
    asked.refused = "" if allowed else "states:StopExecution"
    s3._put_object(bucket, "in/one", b"", {})
    second = {**CALL, "Next": None}
    states = {"Bake": {**CALL, "Next": "Again"}, "Again": second}
    del states["Bake"]["End"], second["Next"]
    processor = {**MAP["ItemProcessor"], "States": states}
    arn = machines.create("stopped", {"Each": {**MAP, "ItemProcessor": processor}}, "Each")
    execution = machines.call("_start_execution", stateMachineArn=arn, input="{}")["executionArn"]
    assert called.wait(5)
    machines.call("_stop_execution", executionArn=execution)
    (run,) = machines.call("_list_map_runs", executionArn=execution)["mapRuns"]
    described = machines.call("_describe_map_run", mapRunArn=run["mapRunArn"])
    assert described["status"] == ("ABORTED" if allowed else "RUNNING")
    go_on.set()
    (child,) = [one for one in stepfunctions._executions.values() if one.get("mapRunArn") == run["mapRunArn"]]
    deadline = time.monotonic() + 5
    while child.get("aborted") or child["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert child["status"] == ("ABORTED" if allowed else "SUCCEEDED")
    assert (ROLE, "states:StopExecution", execution) in asked.asked
    assert machines.ended(execution)["status"] == "ABORTED"
    # A second function is called only where the child was not stopped after the first.
    calls = [action for _, action, _ in asked.asked if action == "lambda:InvokeFunction"]
    assert len(calls) == (1 if allowed else 2)
