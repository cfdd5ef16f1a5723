"""Application Auto Scaling: its API, and instances that follow the invocations."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ministack.services import cloudwatch, iam

from localaws.autoscaling.tracking import Tracking
from localaws.aws import Aws
from localaws.operations import AUTOSCALING
from localaws.rest import answer
from localaws.serving.metrics import Measured

Document = dict[str, Any]
VARIANT = {
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/scones/variant/live",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
}


class AutoScaling:
    """Calls operations as HTTP does."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def __call__(self, operation: str, **request: object) -> Document:
        status, content = answer(AUTOSCALING, self._aws, operation, json.dumps(request).encode())
        said: Document = json.loads(content)
        return said if status == 200 else {"refused": said["__type"], "message": said["message"]}


@pytest.fixture
def scaling(hosting: Any) -> AutoScaling:
    return AutoScaling(hosting.aws)


def tracking(target: float, **members: Any) -> Document:
    metric = {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"}
    return {
        **VARIANT,
        "PolicyName": "follow",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": target,
            "PredefinedMetricSpecification": metric,
            **members,
        },
    }


def invoked(aws: Aws, count: int) -> None:
    """Put the metrics of `count` invocations."""
    for _ in range(count):
        aws.live.metrics.add(Measured("scones", "live", 200, 1000, 100, 1))
    aws.live.metrics.flush(aws.clients.get("cloudwatch"))


def test_a_target_and_its_policy_are_described_changed_and_removed(hosting: Any, scaling: AutoScaling) -> None:
    hosting.create(hosting.config("1"))
    scaling("RegisterScalableTarget", **VARIANT, MinCapacity=1, MaxCapacity=3)
    scaling("RegisterScalableTarget", **VARIANT, MaxCapacity=2)
    (target,) = scaling("DescribeScalableTargets", ServiceNamespace="sagemaker")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 2)
    scaling("PutScalingPolicy", **tracking(10))
    (policy,) = scaling("DescribeScalingPolicies", ServiceNamespace="sagemaker")["ScalingPolicies"]
    assert policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] == 10
    scaling("DeregisterScalableTarget", **VARIANT)
    assert scaling("DescribeScalingPolicies", ServiceNamespace="sagemaker")["ScalingPolicies"] == []


def test_a_policy_has_the_two_alarms_that_aws_makes(hosting: Any, scaling: AutoScaling) -> None:
    hosting.create(hosting.config("1"))
    scaling("RegisterScalableTarget", **VARIANT, MinCapacity=1, MaxCapacity=3)
    high, low = scaling("PutScalingPolicy", **tracking(10))["Alarms"]
    assert high["AlarmName"].startswith("TargetTracking-endpoint/scones/variant/live-AlarmHigh-")
    assert high["AlarmARN"] == f"arn:aws:cloudwatch:us-east-1:000000000000:alarm:{high['AlarmName']}"
    (policy,) = scaling("DescribeScalingPolicies", ServiceNamespace="sagemaker")["ScalingPolicies"]
    assert policy["Alarms"] == [high, low]
    assert [cloudwatch._alarms[one["AlarmName"]]["Threshold"] for one in (high, low)] == [10, 9]
    scaling("PutScalingPolicy", **tracking(20))
    assert cloudwatch._alarms[high["AlarmName"]]["Threshold"] == 20
    scaling("DeleteScalingPolicy", **VARIANT, PolicyName="follow")
    assert not set(cloudwatch._alarms.keys()) & {high["AlarmName"], low["AlarmName"]}


def test_the_first_target_makes_the_role_of_the_service(hosting: Any, scaling: AutoScaling) -> None:
    hosting.create(hosting.config("1"))
    scaling("RegisterScalableTarget", **VARIANT, MinCapacity=1, MaxCapacity=3)
    (target,) = scaling("DescribeScalableTargets", ServiceNamespace="sagemaker")["ScalableTargets"]
    name = "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
    assert target["RoleARN"] == iam._roles[name]["Arn"]
    assert "AWSServiceRoleForSagemaker" not in iam._roles
    iam._roles.clear()


def test_what_cannot_be_scaled_is_refused(hosting: Any, scaling: AutoScaling) -> None:
    bounds = {"MinCapacity": 1, "MaxCapacity": 2}
    assert "no production variant" in scaling("RegisterScalableTarget", **VARIANT, **bounds)["message"]
    hosting.create(hosting.config("1"))
    assert scaling("PutScalingPolicy", **tracking(10))["refused"] == "ObjectNotFoundException"
    assert "needs MinCapacity" in scaling("RegisterScalableTarget", **VARIANT, MaxCapacity=2)["message"]
    reversed_bounds = {"MinCapacity": 3, "MaxCapacity": 2}
    assert "at most MaxCapacity" in scaling("RegisterScalableTarget", **VARIANT, **reversed_bounds)["message"]
    other = {**VARIANT, "ServiceNamespace": "ecs"}
    assert "in the namespace sagemaker" in scaling("RegisterScalableTarget", **other, **bounds)["message"]


def test_instances_follow_the_invocations_within_their_bounds(hosting: Any, scaling: AutoScaling) -> None:
    hosting.create(hosting.config("1"))
    scaling("RegisterScalableTarget", **VARIANT, MinCapacity=1, MaxCapacity=2)
    scaling("PutScalingPolicy", **tracking(10, ScaleOutCooldown=0, ScaleInCooldown=0))
    loop = Tracking(hosting.aws)
    invoked(hosting.aws, 9)
    loop.follow()
    assert hosting.settled()["ProductionVariants"][0]["CurrentInstanceCount"] == 1
    invoked(hosting.aws, 50)
    loop.follow()
    assert hosting.settled()["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    assert len({hosting.told()["pid"] for _ in range(4)}) == 2
    scaling("PutScalingPolicy", **tracking(1000, ScaleOutCooldown=0, ScaleInCooldown=0))
    loop.follow()
    assert hosting.settled()["ProductionVariants"][0]["CurrentInstanceCount"] == 1


def test_a_cooldown_and_disabled_scale_in_hold_the_instances(hosting: Any, scaling: AutoScaling) -> None:
    hosting.create(hosting.config("1"))
    scaling("RegisterScalableTarget", **VARIANT, MinCapacity=1, MaxCapacity=3)
    scaling("PutScalingPolicy", **tracking(10))
    loop = Tracking(hosting.aws)
    invoked(hosting.aws, 15)
    loop.follow()
    assert hosting.settled()["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    invoked(hosting.aws, 100)
    loop.follow()
    assert hosting.settled()["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    scaling("PutScalingPolicy", **tracking(1000, ScaleInCooldown=0, DisableScaleIn=True))
    loop.follow()
    assert hosting.settled()["ProductionVariants"][0]["CurrentInstanceCount"] == 2


def test_an_update_may_not_change_the_instance_type_of_an_autoscaled_variant(
    hosting: Any, scaling: AutoScaling
) -> None:
    name = hosting.config("1")
    hosting.create(name)
    scaling("RegisterScalableTarget", **VARIANT, MinCapacity=1, MaxCapacity=2)
    larger = [hosting.variant(name) | {"InstanceType": "ml.m5.2xlarge"}]
    hosting.api("CreateEndpointConfig", EndpointConfigName="larger", ProductionVariants=larger)
    update = {"EndpointName": "scones", "EndpointConfigName": "larger"}
    assert "deregistered as scalable targets" in hosting.api.refused("UpdateEndpoint", **update)[1]
    scaling("DeregisterScalableTarget", **VARIANT)
    assert hosting.update("larger")["EndpointConfigName"] == "larger"


def test_an_endpoint_takes_its_targets_with_it(hosting: Any, scaling: AutoScaling, cloud: Aws) -> None:
    arn = hosting.create(hosting.config("1"))["EndpointArn"]
    scaling("RegisterScalableTarget", **VARIANT, MinCapacity=1, MaxCapacity=2)
    hosting.api("DeleteEndpoint", EndpointName="scones")
    cloud.tasks.join(arn, 10)
    assert scaling("DescribeScalableTargets", ServiceNamespace="sagemaker")["ScalableTargets"] == []
