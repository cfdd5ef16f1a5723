"""Functions are given random sessions of their roles, and not what somebody could know who knows their names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from ministack.core import lambda_runtime
from ministack.services import lambda_svc, sts

from localaws.iam.sessions import Sessions
from localaws.ministack_patches.lambda_ import roles

CONFIG = {
    "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:classify",
    "FunctionName": "classify",
    "Role": "arn:aws:iam::000000000000:role/scones-classify",
}


@pytest.fixture(autouse=True)
def _reset() -> Iterator[None]:
    yield
    sts.reset()


def test_a_function_has_a_session_of_its_role_that_nobody_can_guess(apply: Callable[..., None]) -> None:
    found = []
    for sessions in (Sessions(), Sessions()):
        apply(roles, sessions=sessions)
        found.append(lambda_runtime.execution_credentials(CONFIG))
        assert found[-1] == lambda_svc.execution_credentials(CONFIG)
        assert re.fullmatch(r"ASIA[0-9A-F]{16}", found[-1]["AWS_ACCESS_KEY_ID"])
    first, second = found
    assert set(first) == {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
    assert not set(first.values()) & set(second.values())
    session = sts._sessions[first["AWS_ACCESS_KEY_ID"]]
    assert session["Arn"] == "arn:aws:sts::000000000000:assumed-role/scones-classify/classify"
    assert (session["SecretAccessKey"], session["SessionToken"]) == tuple(first.values())[1:]


def test_two_functions_of_a_role_have_sessions_of_their_own(apply: Callable[..., None]) -> None:
    apply(roles)
    other = {**CONFIG, "FunctionName": "other"}
    keys = [lambda_runtime.execution_credentials(each)["AWS_ACCESS_KEY_ID"] for each in (CONFIG, other, CONFIG)]
    assert (keys[0] != keys[1], keys[0] == keys[2]) == (True, True)
