"""The two alarms of a target-tracking policy, named and made as AWS does.

They are there to be seen, and for the rights that making them takes: what scales here is loop.py.
https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""

from __future__ import annotations

import uuid

from localaws.ministack import scope, services
from localaws.shapes import Document

# Three minutes above the target scale out, fifteen below nine tenths of it scale in.
_HIGH = {"EvaluationPeriods": 3, "ComparisonOperator": "GreaterThanThreshold"}
_LOW = {"EvaluationPeriods": 15, "ComparisonOperator": "LessThanThreshold"}
_SLACK = 0.9


def names(resource: str) -> list[str]:
    """Names for the alarms of a new policy of a resource id, the high one first."""
    return [f"TargetTracking-{resource}-Alarm{kind}-{uuid.uuid4()}" for kind in ("High", "Low")]


def tracked_metric(policy: Document) -> Document:
    """The metric that a target-tracking policy follows, with CloudWatch's members."""
    config = policy["TargetTrackingScalingPolicyConfiguration"]
    own: Document | None = config.get("CustomizedMetricSpecification")
    if own:
        return {"Dimensions": [], **own}
    _, endpoint, _, variant = policy["ResourceId"].split("/")
    return {
        "Namespace": "AWS/SageMaker",
        "MetricName": "InvocationsPerInstance",
        "Dimensions": [{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}],
        "Statistic": "Sum",
    }


def put(policy: Document, alarms: list[str]) -> list[Document]:
    """Make a policy's alarms under their names, or change them; answers what the API says of each."""
    target = policy["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]
    common = {
        "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy['PolicyARN']}.",
        **tracked_metric(policy),
        "Period": 60,
        "AlarmActions": [policy["PolicyARN"]],
    }
    made = []
    for name, members, threshold in zip(alarms, (_HIGH, _LOW), (target, target * _SLACK), strict=True):
        with scope.of_arn(policy["PolicyARN"]):
            arn = services.put_alarm({**common, **members, "AlarmName": name, "Threshold": threshold})
        made.append({"AlarmName": name, "AlarmARN": arn})
    return made


def delete(policy: Document) -> None:
    """Delete a policy's alarms, where there are any."""
    with scope.of_arn(policy["PolicyARN"]):
        services.delete_alarms([alarm["AlarmName"] for alarm in policy["Alarms"]])
