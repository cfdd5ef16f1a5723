"""`lambda:invoke` honours each member of its request, and answers as the console's machines read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from ministack.services import lambda_svc, stepfunctions

from localaws.ministack_patches.step_functions import functions, integrations
from tests.unit.localaws.ministack_patches.conftest import ROLE, Machines

Document = dict[str, Any]
ARN = "arn:aws:lambda:us-east-1:000000000000:function:f"
INVOKE: Document = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": True}


@pytest.fixture
def called(
    machines: Machines, apply: Callable[[ModuleType], None], monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, Any]]:
    """What functions were called with, by the name that they were called by; `queued` for those not waited for."""
    found: list[tuple[str, Any]] = []

    def call(name: str, event: object) -> object:
        found.append((name, event))
        return {"body": event}

    def record(name: str) -> Any:
        version = name.removeprefix(ARN).removeprefix(":") or "$LATEST"
        return {"config": {}}, {"FunctionArn": name, "Version": version}, "f"

    monkeypatch.setattr(stepfunctions, "_call_lambda", call)
    monkeypatch.setattr(lambda_svc, "_get_func_record_for_ref", record)
    monkeypatch.setattr(lambda_svc, "_execution_record_for_config", lambda *_: {})
    monkeypatch.setattr(lambda_svc, "invoke_async_with_retry", lambda _, event: found.append(("queued", event)))
    apply(integrations)
    apply(functions)
    assert machines
    return found


def _run(machines: Machines, parameters: Document, given: object = None, **more: object) -> Document:
    arn = machines.create("m", {"S": {**INVOKE, "Parameters": parameters, **more}}, "S")
    return machines.run(arn, given)


def test_a_function_answers_under_payload_with_its_version(machines: Machines, called: list[tuple[str, Any]]) -> None:
    ended = _run(machines, {"FunctionName": ARN, "Payload.$": "$"}, {"a": 1})
    answer = json.loads(ended["output"])
    assert answer["Payload"] == {"body": {"a": 1}}
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert answer["SdkHttpMetadata"]["HttpStatusCode"] == 200
    assert called == [(ARN, {"a": 1})]


def test_a_qualifier_chooses_the_version(machines: Machines, called: list[tuple[str, Any]]) -> None:
    ended = _run(machines, {"FunctionName": ARN, "Qualifier": "7"})
    assert json.loads(ended["output"])["ExecutedVersion"] == "7"
    assert called == [(f"{ARN}:7", {})]


@pytest.mark.parametrize(("kind", "status", "queued"), [("Event", 202, True), ("DryRun", 204, False)])
def test_a_function_need_not_be_waited_for(
    machines: Machines, called: list[tuple[str, Any]], kind: str, status: int, queued: bool
) -> None:
    ended = _run(machines, {"FunctionName": ARN, "InvocationType": kind, "Payload": {"a": 1}})
    answer = json.loads(ended["output"])
    assert (answer["StatusCode"], answer["Payload"]) == (status, "")
    assert called == ([("queued", {"a": 1})] if queued else [])


def test_another_type_of_call_is_the_functions_error(machines: Machines, called: list[tuple[str, Any]]) -> None:
    ended = _run(machines, {"FunctionName": ARN, "InvocationType": "Later"})
    assert (ended["status"], ended["error"]) == ("FAILED", "Lambda.AWSLambdaException")
    assert not called


def test_a_member_that_lambda_does_not_have_is_refused_at_create(
    machines: Machines, called: list[tuple[str, Any]]
) -> None:
    assert machines
    assert not called
    state = {**INVOKE, "Parameters": {"FunctionName": ARN, "Payloads": {}}}
    definition = json.dumps({"StartAt": "S", "States": {"S": state}})
    status, _, body = stepfunctions._create_state_machine({"name": "m", "definition": definition, "roleArn": ROLE})
    assert status == 400
    assert 'The field "Payloads" is not supported by Step Functions' in json.loads(body)["message"]
