"""The function as Lambda calls it."""

import json
from itertools import permutations
from types import SimpleNamespace
from typing import Any

import pytest
from deploy_model import aws, handler

CONTEXT = SimpleNamespace(
    function_name="scones-deploy-model",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:scones-deploy-model",
    aws_request_id="1",
)
EVENT = {
    "account": "123456789012",
    "detail-type": "SageMaker Model Package State Change",
    "detail": {"ModelPackageGroupName": "scones-vehicles"},
}


@pytest.fixture(autouse=True)
def variables(world: Any, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for name, client in {"sagemaker": world.client, "s3": world.s3, "sns": world.mail}.items():
        monkeypatch.setattr(aws, name, client)
    handler.settings.cache_clear()


def test_an_approval_is_deployed_and_reported(
    world: Any, versions: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    world.approve(versions[0])
    answer = handler.handler(EVENT, CONTEXT)
    assert (answer["action"], answer["version"]) == ("create", 1)
    assert answer["configuration"] == world.endpoint.endpoint_config_name
    json.dumps(answer)
    assert '"DecidedCreate"' in capsys.readouterr().out


def test_a_foreign_event_is_ignored_before_anything_is_asked(world: Any) -> None:
    answer = handler.handler(EVENT | {"account": "999999999999"}, CONTEXT)
    assert answer["action"] == "ignore"
    assert world.calls == []


def told(number: int, status: str) -> dict[str, Any]:
    """The event of a judgement, as it may come late and more than once."""
    detail = EVENT["detail"] | {"ModelPackageVersion": number, "ModelApprovalStatus": status}
    return EVENT | {"detail": detail}


APPROVALS = [(1, "Approved"), (2, "Approved"), (2, "Approved"), (2, "Approved"), (3, "Rejected")]


@pytest.mark.parametrize("order", sorted(set(permutations(APPROVALS))))
def test_events_three_times_and_in_any_order_end_in_the_right_version_once(
    order: tuple[tuple[int, str], ...], world: Any, versions: list[str]
) -> None:
    world.approve(versions[0])
    world.deliver()
    world.approve(versions[2])
    world.approve(versions[1])
    world.reject(versions[2])
    world.changes()
    for number, status in order:
        handler.handler(told(number, status), CONTEXT)
    assert world.live_version == 2
    assert world.changes().count("UpdateEndpoint") == 1


def test_throttling_is_raised_so_that_the_event_comes_again(world: Any) -> None:
    world.failing["ListModelPackages"] = ("ThrottlingException", "Rate exceeded")
    with pytest.raises(Exception, match="Rate exceeded"):
        handler.handler(EVENT, CONTEXT)


def test_clients_slow_down_and_try_again_when_throttled() -> None:
    assert aws._CONFIG.retries == {"mode": "adaptive", "total_max_attempts": 6}
