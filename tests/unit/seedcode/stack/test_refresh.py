"""Asking refresh_workflow to look again."""

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from seedcode.errors import StackError
from seedcode.stack.refresh import refresh


class Lambda:
    """One function, with the answer that the test gives it."""

    def __init__(self, said: Any, error: str | None = None, refusal: str = "ResourceNotFoundException") -> None:
        self._said, self._error, self._refusal = said, error, refusal

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        assert Payload == b"{}"
        if FunctionName != "scones-refresh-workflow":
            raise ClientError({"Error": {"Code": self._refusal, "Message": ""}}, "Invoke")
        answer = {"Payload": io.BytesIO(json.dumps(self._said).encode())}
        return answer | ({"FunctionError": self._error} if self._error else {})


def test_what_the_function_did_is_said_in_a_line() -> None:
    assert "Missing" in refresh(Lambda({"endpoint_status": "Missing"}), "scones-refresh-workflow")


def test_a_function_that_fails_fails_the_build_with_its_reason() -> None:
    function = Lambda({"errorMessage": "no tag"}, "Unhandled")
    with pytest.raises(StackError, match="failed: no tag; its log is /aws/lambda/scones-refresh-workflow"):
        refresh(function, "scones-refresh-workflow")


def test_a_function_that_is_not_there_says_what_to_deploy() -> None:
    with pytest.raises(StackError, match="deploy the stack with its code first"):
        refresh(Lambda({}), "other-refresh-workflow")


def test_who_may_not_call_it_is_told_what_is_left_to_do() -> None:
    with pytest.raises(StackError, match=r"You may not call other-refresh-workflow.*python -m seedcode refresh"):
        refresh(Lambda({}, refusal="AccessDeniedException"), "other-refresh-workflow")
