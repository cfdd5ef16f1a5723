"""What a person does not set stays as the stack has it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from console.deployment import project
from console.target import Target
from localaws.settings import Settings
from seedcode.errors import StackError
from seedcode.stack import functions
from seedcode.stack.deployment import Deployment
from seedcode.stack.report import Silent

OTHER = "python3.11"


class CloudFormation:
    """A stack with parameters, or none."""

    def __init__(self, status: str | None, **parameters: str) -> None:
        self._status, self._parameters = status, parameters

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        if self._status is None:
            message = f"Stack with id {StackName} does not exist"
            raise ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "DescribeStacks")
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in self._parameters.items()]
        arn = f"arn:aws:cloudformation:us-east-1:000000000000:stack/{StackName}/1"
        return {
            "Stacks": [{"StackName": StackName, "StackId": arn, "StackStatus": self._status, "Parameters": parameters}]
        }


def target(monkeypatch: pytest.MonkeyPatch, stack: CloudFormation, local: Settings | None = None) -> Target:
    monkeypatch.setattr(Target, "client", lambda *_: stack)
    monkeypatch.setenv("SCONES_ACCOUNT_ID", "000000000000")
    return Target(local)


def test_a_layer_is_built_for_the_python_that_the_stack_s_functions_run_on(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []

    def build(python: str, *, folder: Path) -> Path:
        built.append(python)
        (folder / "layer.zip").write_bytes(python.encode())
        return folder / "layer.zip"

    monkeypatch.setattr(functions, "build_layer", build)
    aws = target(monkeypatch, CloudFormation("UPDATE_COMPLETE", PythonRuntime=OTHER))
    spec = project.build_spec(aws, {"ConfidenceThreshold": "0.9"})
    assert "PythonRuntime" not in spec.given
    assert project.code(aws, spec).layer == b"3.11"
    project.code(aws, project.build_spec(aws, {"PythonRuntime": "python3.12"}))
    new = target(monkeypatch, CloudFormation(None))
    project.code(new, project.build_spec(new, {}))
    assert built == ["3.11", "3.12", "3.12"]


def test_a_laptop_s_new_stack_bakes_briefly_and_a_later_deployment_leaves_it_as_it_was_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    python = f"python3.{sys.version_info.minor}"
    for status, given in ((None, "5"), ("REVIEW_IN_PROGRESS", "5"), ("UPDATE_COMPLETE", None)):
        laptop = target(monkeypatch, CloudFormation(status, BakeSeconds="60"), Settings())
        spec = project.build_spec(laptop, {})
        assert spec.given.get("BakeSeconds") == given
        assert spec.given["PythonRuntime"] == python


def test_a_start_completes_what_the_deployment_before_it_left_undone_and_only_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    refreshed: list[bool] = []
    failing = True

    def run(deployment: Deployment, _: functions.Code) -> dict[str, str]:
        refreshed.append(deployment.always_refresh)
        if failing:
            raise StackError("the stack is updated, its workflow is not published")
        return {}

    monkeypatch.setattr(Deployment, "run", run)
    monkeypatch.setattr(project, "code", lambda *_: None)
    laptop = target(monkeypatch, CloudFormation("UPDATE_COMPLETE"), Settings(home=tmp_path))
    spec = project.build_spec(laptop, {})

    def start() -> None:
        project.deploy(laptop, spec, Silent(), lambda *_: True, always_refresh=False)

    with pytest.raises(StackError):
        start()
    failing = False
    start()
    start()
    assert refreshed == [False, True, False]
