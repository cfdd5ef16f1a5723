"""Hostile pipeline definitions: refused by AWS's exception when the pipeline is created, never by a fault of ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.localaws.conftest import Api

ROLE = "arn:aws:iam::000000000000:role/pipeline"
VERSION = "2020-12-01"


def _step(**members: Any) -> dict[str, Any]:
    return {"Name": "a", "Type": "Training", "Arguments": {}, **members}


def _whole(*steps: Any, **members: Any) -> str:
    return json.dumps({"Version": VERSION, "Steps": list(steps), **members})


def _branches(levels: int) -> dict[str, Any]:
    body = _step(Name="last")
    for level in range(levels):
        body = {"Name": f"c{level}", "Type": "Condition", "Arguments": {"Conditions": [], "IfSteps": [body]}}
    return body


def _nested(levels: int) -> str:
    return '{"Version": "2020-12-01", "Steps": [{"Name": "a", "Type": "Training", "Arguments": {"x": %s}}]}' % (
        "[" * levels + "]" * levels
    )


HOSTILE = {
    "deeper than JSON is read": _nested(100_000),
    "deeper than the stack": _nested(900),
    "branches in branches": _whole(_branches(60)),
    "steps that are a number": json.dumps({"Version": VERSION, "Steps": 1}),
    "steps that are an object": json.dumps({"Version": VERSION, "Steps": {"a": 1}}),
    "a step that is text": _whole("a"),
    "a name that leads elsewhere": _whole(_step(Name="../../etc")),
    "a name of control characters": _whole(_step(Name="a\x1b[2J")),
    "a name of a million letters": _whole(_step(Name="a" * 1_000_000)),
    "a type that is a list": _whole(_step(Type=["Training"])),
    "arguments that are a list": _whole(_step(Arguments=[])),
    "a step that waits for itself": _whole(_step(DependsOn=["a"])),
    "steps in a circle": _whole(_step(DependsOn=["b"]), _step(Name="b", DependsOn=["a"])),
    "a dependency that is no name": _whole(_step(DependsOn=[{}])),
    "a dependency on nothing": _whole(_step(DependsOn=["z"])),
    "a reference that is a number": _whole(_step(Arguments={"x": {"Get": 1}})),
    "a reference to nothing": _whole(_step(Arguments={"x": {"Get": ""}})),
    "a reference to no step": _whole(_step(Arguments={"x": {"Get": "Steps."}})),
    "a reference into the machine": _whole(_step(Arguments={"x": {"Get": "__class__.__init__"}})),
    "a join of nothing": _whole(_step(Arguments={"x": {"Std:Join": 1}})),
    "a file that is none": _whole(_step(Arguments={"x": {"Std:JsonGet": {"PropertyFile": "x", "Path": "y"}}})),
    "a property file without a name": _whole(_step(PropertyFiles=[{}])),
    "a path with a wildcard": _whole(_step(Arguments={"x": {"Get": "Steps.a.Outputs[*].S3Uri"}})),
    "a retry that is text": _whole(_step(RetryPolicies=["x"])),
    "a retry of endless attempts": _whole(_step(RetryPolicies=[{"ExceptionType": [], "BackoffRate": 1e300}])),
    "conditions that are text": _whole({"Name": "c", "Type": "Condition", "Arguments": {"Conditions": "x"}}),
    "a condition that is text": _whole({"Name": "c", "Type": "Condition", "Arguments": {"Conditions": ["x"]}}),
    "a number that is none": _whole(_step(Arguments={"x": float("nan")})),
    "a parameter's default that is an object": _whole(
        _step(), Parameters=[{"Name": "p", "Type": "String", "DefaultValue": {"a": 1}}]
    ),
    "a parameter's type that is a list": _whole(_step(), Parameters=[{"Name": "p", "Type": ["String"]}]),
    "too many steps": _whole(*[_step(Name=f"s{number}") for number in range(5_001)]),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_definition_is_refused_in_a_sentence(api: Api, name: str) -> None:
    code, sentence = api.refused("CreatePipeline", PipelineName="line", PipelineDefinition=HOSTILE[name], RoleArn=ROLE)
    assert code == "ValidationException"
    assert len(sentence) < 2_000 or name == "too many steps"


@pytest.mark.parametrize("body", [b"[" * 100_000, b"\xff\xfe", b"[]", b'"x"', b'{"PipelineName": "../x"}'])
def test_a_request_of_another_form_is_the_caller_s_fault(api: Api, body: bytes) -> None:
    status, document = api.raw("DescribePipeline", body)
    assert status == 400
    assert document["__type"] in ("SerializationException", "ValidationException", "ResourceNotFound")
