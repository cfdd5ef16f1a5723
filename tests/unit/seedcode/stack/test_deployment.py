"""What a deployment of an unchanged stack still does."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from seedcode.errors import StackError
from seedcode.stack.deployment import Deployment
from seedcode.stack.functions import Code
from seedcode.stack.report import Silent
from seedcode.stack.spec import Account, Spec

CODE = Code({"one": b"zip"})


class Unchanged:
    """CloudFormation with a stack that is as it is wanted, and Lambda with the function that publishes its workflow."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self.calls = 0
        self.broken = False

    def describe_stacks(self, StackName: str) -> dict[str, Any]:
        given = self._spec.parameters(CODE.parameters)
        parameters = [{"ParameterKey": name, "ParameterValue": value} for name, value in given.items()]
        stack = {"StackName": StackName, "StackId": StackName, "StackStatus": "UPDATE_COMPLETE"}
        return {"Stacks": [{**stack, "Parameters": parameters}]}

    def get_template(self, StackName: str, TemplateStage: str) -> dict[str, str]:
        assert (StackName, TemplateStage) == ("scones", "Original")
        return {"TemplateBody": self._spec.template.body}

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        assert (FunctionName, Payload) == ("scones-refresh-workflow", b"{}")
        self.calls += 1
        said = {"errorMessage": "throttled"} if self.broken else {"published": []}
        answer = {"Payload": io.BytesIO(json.dumps(said).encode())}
        return {**answer, "FunctionError": "Unhandled"} if self.broken else answer


@pytest.fixture
def unchanged(spec: Callable[..., Spec]) -> Unchanged:
    return Unchanged(spec())


def _deploy(unchanged: Unchanged, *, always_refresh: bool = True) -> None:
    account = Account(lambda _: unchanged, "123456789012", "eu-west-1")
    Deployment(account, unchanged._spec, Silent(), lambda *_: True, always_refresh=always_refresh).run(CODE)


def test_an_unchanged_stack_s_workflow_is_published_though_an_earlier_deployment_failed_to(
    unchanged: Unchanged,
) -> None:
    unchanged.broken = True
    with pytest.raises(StackError, match="failed: throttled"):
        _deploy(unchanged)
    unchanged.broken = False
    _deploy(unchanged)
    assert unchanged.calls == 2


def test_where_a_start_is_to_be_quick_no_function_is_called(unchanged: Unchanged) -> None:
    _deploy(unchanged, always_refresh=False)
    assert unchanged.calls == 0
