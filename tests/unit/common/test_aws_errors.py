"""What AWS's errors mean, whichever service says it in whichever words."""

import pytest
from botocore.exceptions import ClientError

from common.aws_errors import find_resource, is_closed, is_existing, is_missing, is_retryable


def error(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


@pytest.mark.parametrize(
    ("code", "message", "missing"),
    [
        ("404", "Not Found", True),
        ("NoSuchKey", "", True),
        ("ResourceNotFound", "Pipeline p does not exist.", True),
        ("ValidationException", 'Could not find endpoint "e".', True),
        ("ValidationException", "ModelPackageGroup g does not exist.", True),
        ("ValidationError", "Stack with id s does not exist", True),
        ("ObjectNotFoundException", "No scalable target found", True),
        ("ValidationException", "Cannot update in-progress endpoint", False),
        ("AccessDeniedException", "not found by you", False),
    ],
)
def test_what_is_not_there_is_told_by_code_or_message(code: str, message: str, missing: bool) -> None:
    assert is_missing(error(code, message)) is missing


def test_an_error_of_another_kind_means_nothing() -> None:
    assert not any(judge(ValueError("not found")) for judge in (is_missing, is_existing, is_retryable, is_closed))


def test_a_resource_is_found_or_not_and_another_error_is_raised() -> None:
    def call(answer: dict[str, str] | ClientError) -> dict[str, str]:
        if isinstance(answer, ClientError):
            raise answer
        return answer

    assert find_resource(call, answer={"Name": "n"}) == {"Name": "n"}
    assert find_resource(call, answer=error("ResourceNotFound")) is None
    with pytest.raises(ClientError, match="AccessDenied"):
        find_resource(call, answer=error("AccessDenied"))


@pytest.mark.parametrize(("code", "passes"), [("SlowDown", True), ("ThrottlingException", True), ("NoSuchKey", False)])
def test_some_errors_pass(code: str, passes: bool) -> None:
    assert is_retryable(error(code)) is passes
