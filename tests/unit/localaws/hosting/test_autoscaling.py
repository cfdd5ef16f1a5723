"""Application Auto Scaling: its API, and instances that follow the invocations."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ministack.services import cloudwatch, iam

from localaws import clock
from localaws.autoscaling import steps
from localaws.autoscaling.loop import Scaling
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
    loop = Scaling(hosting.aws)
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
    loop = Scaling(hosting.aws)
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


def own_metric(aws: Aws, value: float, name: str = "Backlog") -> None:
    """Put a value of a metric of one's own."""
    datum = {"MetricName": name, "Dimensions": [{"Name": "Queue", "Value": "a"}], "Value": value}
    aws.clients.get("cloudwatch").put_metric_data(Namespace="Own", MetricData=[datum])


CUSTOMIZED = {
    "MetricName": "Backlog",
    "Namespace": "Own",
    "Dimensions": [{"Name": "Queue", "Value": "a"}],
    "Statistic": "Maximum",
}


def of_own_metric(target: float) -> Document:
    policy = tracking(target, ScaleOutCooldown=0, ScaleInCooldown=0, CustomizedMetricSpecification=CUSTOMIZED)
    del policy["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]
    return policy


def stepping(kind: str, *steps: tuple[float | None, float | None, int], **members: Any) -> Document:
    bounds = ("MetricIntervalLowerBound", "MetricIntervalUpperBound", "ScalingAdjustment")
    adjustments = [
        {name: value for name, value in zip(bounds, step, strict=True) if value is not None} for step in steps
    ]
    config = {"AdjustmentType": kind, "StepAdjustments": adjustments, **members}
    return {**VARIANT, "PolicyName": "step", "PolicyType": "StepScaling", "StepScalingPolicyConfiguration": config}


def count_of(hosting: Any) -> int:
    return int(hosting.settled()["ProductionVariants"][0]["CurrentInstanceCount"])


@pytest.fixture
def scaled(hosting: Any, scaling: AutoScaling) -> AutoScaling:
    """A variant with one instance that may have three."""
    hosting.create(hosting.config("1"))
    scaling("RegisterScalableTarget", **VARIANT, MinCapacity=1, MaxCapacity=3)
    return scaling


def test_instances_follow_a_metric_of_one_s_own_and_stay_while_it_has_no_value(
    hosting: Any, scaled: AutoScaling
) -> None:
    high, low = scaled("PutScalingPolicy", **of_own_metric(10))["Alarms"]
    assert {cloudwatch._alarms[one["AlarmName"]]["MetricName"] for one in (high, low)} == {"Backlog"}
    loop = Scaling(hosting.aws)
    loop.follow()
    assert count_of(hosting) == 1
    own_metric(hosting.aws, 25)
    loop.follow()
    assert count_of(hosting) == 3
    activity = scaled("DescribeScalingActivities", ServiceNamespace="sagemaker")["ScalingActivities"][0]
    assert activity["Cause"] == f"monitor alarm {high['AlarmName']} in state ALARM triggered policy follow"
    assert (activity["Description"], activity["StatusCode"]) == ("Setting desired instance count to 3.", "Successful")


def test_an_alarm_steps_by_how_far_its_metric_is_beyond_the_threshold(hosting: Any, scaled: AutoScaling) -> None:
    policy = scaled("PutScalingPolicy", **stepping("ChangeInCapacity", (0, 10, 1), (10, None, 2), Cooldown=0))
    hosting.aws.clients.get("cloudwatch").put_metric_alarm(
        AlarmName="busy",
        Namespace="Own",
        MetricName="Backlog",
        Dimensions=CUSTOMIZED["Dimensions"],
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=5,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[policy["PolicyARN"]],
    )
    loop = Scaling(hosting.aws)
    own_metric(hosting.aws, 4)
    loop.follow()
    assert count_of(hosting) == 1
    own_metric(hosting.aws, 16)
    hosting.aws.clients.get("cloudwatch").set_alarm_state(AlarmName="busy", StateValue="ALARM", StateReason="so it is")
    loop.follow()
    assert count_of(hosting) == 3


def test_a_scheduled_action_moves_the_bounds_when_its_time_has_come(
    hosting: Any, scaled: AutoScaling, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    monkeypatch.setattr(clock, "read", lambda _: noon)
    action = {**VARIANT, "ScheduledActionName": "morning", "Schedule": "cron(0 13 * * ? *)"}
    scaled("PutScheduledAction", **action, ScalableTargetAction={"MinCapacity": 2, "MaxCapacity": 4})
    once = {
        **VARIANT,
        "ScheduledActionName": "once",
        "Schedule": "at(2030-01-01T14:00:00)",
        "Timezone": "Europe/Berlin",
    }
    scaled("PutScheduledAction", **once, ScalableTargetAction={"MaxCapacity": 5})
    loop = Scaling(hosting.aws)
    loop.follow()
    assert count_of(hosting) == 1
    monkeypatch.setattr(clock, "read", lambda _: noon + timedelta(hours=1))
    loop.follow()
    assert count_of(hosting) == 2
    (target,) = scaled("DescribeScalableTargets", ServiceNamespace="sagemaker")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (2, 5)
    (left,) = scaled("DescribeScheduledActions", ServiceNamespace="sagemaker")["ScheduledActions"]
    assert (left["ScheduledActionName"], left["Schedule"]) == ("morning", "cron(0 13 * * ? *)")
    (activity,) = scaled("DescribeScalingActivities", ServiceNamespace="sagemaker")["ScalingActivities"]
    assert activity["Cause"].startswith("scheduled action name morning was triggered")
    assert scaled("DeleteScheduledAction", **VARIANT, ScheduledActionName="morning") == {}
    again = scaled("DeleteScheduledAction", **VARIANT, ScheduledActionName="morning")
    assert again["refused"] == "ObjectNotFoundException"


def test_what_is_suspended_does_not_scale(hosting: Any, scaled: AutoScaling, monkeypatch: pytest.MonkeyPatch) -> None:
    scaled("PutScalingPolicy", **of_own_metric(10))
    suspended = {"DynamicScalingOutSuspended": True, "ScheduledScalingSuspended": True}
    scaled("RegisterScalableTarget", **VARIANT, SuspendedState=suspended)
    (target,) = scaled("DescribeScalableTargets", ServiceNamespace="sagemaker")["ScalableTargets"]
    assert target["SuspendedState"] == {"DynamicScalingInSuspended": False, **suspended}
    once = {**VARIANT, "ScheduledActionName": "once", "Schedule": "rate(1 hour)"}
    scaled("PutScheduledAction", **once, ScalableTargetAction={"MinCapacity": 3})
    later = clock.read(hosting.aws.settings.home) + timedelta(hours=2)
    monkeypatch.setattr(clock, "read", lambda _: later)
    own_metric(hosting.aws, 99)
    Scaling(hosting.aws).follow()
    assert count_of(hosting) == 1


@pytest.mark.parametrize(
    ("operation", "request_", "words"),
    [
        ("PutScalingPolicy", stepping("ChangeInCapacity"), "at least one step adjustment"),
        ("PutScalingPolicy", stepping("ChangeInCapacity", (0, 10, 1), (5, None, 2)), "can't overlap or have a gap"),
        ("PutScalingPolicy", stepping("ChangeInCapacity", (0, 10, 1), (11, None, 2)), "can't overlap or have a gap"),
        ("PutScalingPolicy", stepping("ChangeInCapacity", (10, 0, 1)), "must be less than MetricIntervalUpperBound"),
        (
            "PutScalingPolicy",
            {**stepping("ChangeInCapacity", (0, None, 1)), "PolicyType": "TargetTrackingScaling"},
            "has",
        ),
        (
            "PutScalingPolicy",
            {**of_own_metric(1), "PolicyType": "PredictiveScaling"},
            "does not emulate the policy type",
        ),
        ("PutScalingPolicy", tracking(1, CustomizedMetricSpecification=CUSTOMIZED), "Exactly one of"),
        ("PutScalingPolicy", tracking(0), "must be greater than 0"),
        ("PutScheduledAction", {**VARIANT, "ScheduledActionName": "a"}, "Schedule is required"),
        ("PutScheduledAction", {**VARIANT, "ScheduledActionName": "a", "Schedule": "hourly"}, "Invalid Schedule"),
        (
            "PutScheduledAction",
            {**VARIANT, "ScheduledActionName": "a", "Schedule": "rate(1 hour)"},
            "needs MinCapacity",
        ),
        ("RegisterScalableTarget", {**VARIANT, "ScalableDimension": "ecs:service:DesiredCount"}, "in the namespace"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    scaled: AutoScaling, operation: str, request_: Document, words: str
) -> None:
    said = scaled(operation, **request_)
    assert said["refused"] == "ValidationException"
    assert words in said["message"]


@pytest.mark.parametrize(
    ("kind", "count", "adjustment", "least", "wanted"),
    [
        ("ChangeInCapacity", 2, 3, 0, 5),
        ("ChangeInCapacity", 2, -1, 0, 1),
        ("ExactCapacity", 7, 2, 0, 2),
        ("PercentChangeInCapacity", 10, 25, 0, 12),
        ("PercentChangeInCapacity", 2, 10, 0, 3),
        ("PercentChangeInCapacity", 2, -10, 0, 1),
        ("PercentChangeInCapacity", 10, 10, 3, 13),
    ],
)
def test_an_adjustment_is_a_change_a_share_or_a_number(
    kind: str, count: int, adjustment: int, least: int, wanted: int
) -> None:
    config = stepping(kind, (0, None, adjustment), MinAdjustmentMagnitude=least)["StepScalingPolicyConfiguration"]
    assert steps.adjust(config, count, 0) == wanted


def test_the_step_of_a_breach_is_the_one_whose_bounds_it_lies_in() -> None:
    found = stepping("ChangeInCapacity", (None, -10, -2), (-10, 0, -1), (0, 10, 1), (10, None, 2))
    adjustments = found["StepScalingPolicyConfiguration"]["StepAdjustments"]
    breaches = {-11: -2, -10: -2, -9: -1, 0: 1, 9.5: 1, 10: 2, 99: 2}
    assert {breach: steps.find_adjustment(adjustments, breach) for breach in breaches} == breaches
