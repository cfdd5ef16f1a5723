"""Application Auto Scaling takes a target only from who could scale by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from localaws.authorization import check_caller
from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.iam import scaling
from localaws.ministack import identity
from localaws.operations import AUTOSCALING

VARIANT = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/scones-vehicles/variant/live",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}
ENDPOINT = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/scones-vehicles"
ALARMS = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:"
Ask = Callable[..., None]


@pytest.fixture
def ask(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask as a caller who may do some actions on resources that begin with a text; the rest is refused."""

    def call(operation: str, allowed: dict[str, str], linked: bool = True) -> None:
        def enforce(_: str, action: str, resource: str, *__: object) -> None:
            if not action.startswith("application-autoscaling:") and not resource.startswith(
                allowed.get(action, "none")
            ):
                raise AwsError("AccessDeniedException", f"not authorized to perform: {action}")

        monkeypatch.setattr(identity, "identify", lambda _: "key")
        monkeypatch.setattr(identity, "enforce", enforce)
        monkeypatch.setattr(identity, "has_role", lambda *_: linked)
        caller: Any = None
        check_caller(aws, caller, AUTOSCALING.operations[operation], VARIANT)

    return call


ALL = {
    "sagemaker:DescribeEndpoint": ENDPOINT,
    "sagemaker:DescribeEndpointConfig": "arn:aws:sagemaker:us-east-1:000000000000:endpoint-config/",
    "sagemaker:UpdateEndpointWeightsAndCapacities": ENDPOINT,
    "cloudwatch:PutMetricAlarm": ALARMS,
    "cloudwatch:DescribeAlarms": "*",
    "cloudwatch:DeleteAlarms": ALARMS,
}
OPERATIONS = ("RegisterScalableTarget", "PutScalingPolicy")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_who_could_scale_by_hand_may_register(ask: Ask, operation: str) -> None:
    ask(operation, ALL)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("lacking", ALL)
def test_what_is_missing_is_named(ask: Ask, operation: str, lacking: str) -> None:
    with pytest.raises(AwsError, match=f"User is missing the following permissions: {lacking}$") as refused:
        ask(operation, {action: on for action, on in ALL.items() if action != lacking})
    assert refused.value.code == "ValidationException"


def test_all_that_is_missing_is_named_at_once(ask: Ask) -> None:
    with pytest.raises(AwsError, match=r"sagemaker:DescribeEndpoint, .*, cloudwatch:DeleteAlarms$"):
        ask("RegisterScalableTarget", {})


@pytest.mark.parametrize(
    ("action", "narrow"),
    [
        (
            "sagemaker:DescribeEndpointConfig",
            "arn:aws:sagemaker:us-east-1:000000000000:endpoint-config/scones-vehicles-v",
        ),
        ("cloudwatch:PutMetricAlarm", f"{ALARMS}TargetTracking-endpoint/scones-vehicles/"),
        ("cloudwatch:DescribeAlarms", f"{ALARMS}TargetTracking-endpoint/scones-vehicles/"),
    ],
)
def test_a_right_on_the_projects_names_alone_is_not_enough(ask: Ask, action: str, narrow: str) -> None:
    with pytest.raises(AwsError, match=action):
        ask("RegisterScalableTarget", {**ALL, action: narrow})


def test_the_first_target_of_an_account_takes_the_right_to_make_the_services_role(ask: Ask) -> None:
    with pytest.raises(AwsError, match=r"permissions: iam:CreateServiceLinkedRole$"):
        ask("RegisterScalableTarget", ALL, linked=False)
    arn = scaling.linked_role_arn("000000000000")
    ask("RegisterScalableTarget", {**ALL, "iam:CreateServiceLinkedRole": arn}, linked=False)


def test_looking_at_targets_asks_for_nothing_more(ask: Ask) -> None:
    ask("DescribeScalableTargets", {})
