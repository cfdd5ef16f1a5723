"""What Lambda does under a function's role: logs, and events that were given up."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ministack.services import lambda_svc

from localaws.errors import AwsError
from localaws.ministack_patches.lambda_ import roles

ROLE = "arn:aws:iam::000000000000:role/bake"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:dead-letters"
GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/bake:log-stream:"
ARN = "arn:aws:lambda:us-east-1:000000000000:function:bake"
CONFIG = {"FunctionName": "bake", "FunctionArn": ARN, "Role": ROLE}


class Lambda:
    """Lambda's own work, as it is done or not; the role allows what `allowed` has."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.allowed = {"logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage"}
        self.asked: list[tuple[str, str, str]] = []
        self.done: list[str] = []
        monkeypatch.setattr(lambda_svc, "_emit_lambda_logs", lambda *_, **__: self.done.append("logged"))
        monkeypatch.setattr(lambda_svc, "_route_async_failure", lambda *_: self.done.append("sent"))
        monkeypatch.setattr(lambda_svc, "_functions", {"bake": {"config": CONFIG}})

    def check(self, role: str, action: str, resource: str, *, service: str) -> None:
        assert service == "lambda.amazonaws.com"
        self.asked.append((role, action, resource))
        if action not in self.allowed:
            raise AwsError("AccessDeniedException", f"not authorized to perform: {action}")


@pytest.fixture
def functions(apply: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Lambda:
    made = Lambda(monkeypatch)
    apply(roles, authority=made)
    return made


def test_a_log_is_written_under_the_functions_role(functions: Lambda) -> None:
    lambda_svc._emit_lambda_logs({"config": CONFIG}, "id", "text", False, 1)
    assert functions.done == ["logged"]
    assert functions.asked == [(ROLE, "logs:CreateLogStream", GROUP), (ROLE, "logs:PutLogEvents", f"{GROUP}*")]


@pytest.mark.parametrize("action", ["logs:CreateLogStream", "logs:PutLogEvents"])
def test_a_function_whose_role_may_not_log_has_no_log(functions: Lambda, action: str) -> None:
    functions.allowed.discard(action)
    lambda_svc._emit_lambda_logs({"config": CONFIG}, "id", "text", False, 1)
    assert functions.done == []


def test_a_given_up_event_is_sent_on_only_where_the_role_may(functions: Lambda) -> None:
    lambda_svc._route_async_failure(QUEUE, "bake", {}, {})
    assert (functions.done, functions.asked) == (["sent"], [(ROLE, "sqs:SendMessage", QUEUE)])
    functions.allowed.clear()
    lambda_svc._route_async_failure(QUEUE, "bake", {}, {})
    assert functions.done == ["sent"]


@pytest.mark.parametrize("lacking", ["kms:GenerateDataKey", "kms:Decrypt"])
def test_an_encrypted_destination_needs_its_key_too(
    functions: Lambda, monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    key = "arn:aws:kms:us-east-1:000000000000:key/1"
    monkeypatch.setattr(roles, "find_key", lambda _: key)
    functions.allowed |= {"kms:GenerateDataKey", "kms:Decrypt"}
    lambda_svc._route_async_failure(QUEUE, "bake", {}, {})
    assert functions.done == ["sent"]
    assert functions.asked[1:] == [(ROLE, "kms:GenerateDataKey", key), (ROLE, "kms:Decrypt", key)]
    functions.allowed.discard(lacking)
    lambda_svc._route_async_failure(QUEUE, "bake", {}, {})
    assert functions.done == ["sent"]
