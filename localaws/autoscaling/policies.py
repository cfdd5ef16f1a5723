"""Scaling policies: PutScalingPolicy, DescribeScalingPolicies and DeleteScalingPolicy."""

from __future__ import annotations

from localaws import errors
from localaws.autoscaling import alarms, steps, targets
from localaws.aws import Aws, now
from localaws.operations import AUTOSCALING
from localaws.refusals import members
from localaws.shapes import Document

_TRACKING, _STEPS = "TargetTrackingScalingPolicyConfiguration", "StepScalingPolicyConfiguration"
_CONFIGURATIONS = {"TargetTrackingScaling": _TRACKING, "StepScaling": _STEPS}
_INVOCATIONS = "SageMakerVariantInvocationsPerInstance"
_CUSTOMIZED = "CustomizedMetricSpecification"


@AUTOSCALING.operation(
    "PutScalingPolicy",
    on=(targets.find_arn,),
    members=members("""ServiceNamespace ResourceId ScalableDimension PolicyName PolicyType""")
    | members(
        """TargetValue PredefinedMetricSpecification.PredefinedMetricType ScaleInCooldown ScaleOutCooldown
        DisableScaleIn CustomizedMetricSpecification.MetricName CustomizedMetricSpecification.Namespace
        CustomizedMetricSpecification.Dimensions CustomizedMetricSpecification.Statistic
        CustomizedMetricSpecification.Unit"""
    ).below(_TRACKING)
    # The alarm's own statistic decides.
    | members("AdjustmentType StepAdjustments MinAdjustmentMagnitude Cooldown", kept="MetricAggregationType").below(
        _STEPS
    ),
)
def put_scaling_policy(aws: Aws, request: Document) -> Document:
    """Set a policy that tracks a metric, or one that raised alarms step by; AWS makes the alarms of the former."""
    targets.check_kind(request)
    resource, name = request["ResourceId"], request["PolicyName"]
    endpoint, variant = targets.split(resource)
    kind = request.get("PolicyType", "StepScaling")
    _check(kind, request)
    arn = targets.arn(aws, f"scaling-policy/{endpoint}-{variant}/{name}")
    with aws.store.transaction():
        targets.find(aws, resource)
        existing = aws.store.get(targets.POLICIES, f"{resource}/{name}") or {"CreationTime": now(), "Alarms": []}
        if existing.get("PolicyType", kind) != kind:
            raise errors.validation(f"The policy type of {name} is {existing['PolicyType']} and cannot be changed.")
        policy = {**existing, **request, "PolicyType": kind, "PolicyARN": arn}
        if kind == "TargetTrackingScaling":
            named = [alarm["AlarmName"] for alarm in existing["Alarms"]] or alarms.names(resource)
            policy["Alarms"] = alarms.put(policy, named)
        aws.store.put(targets.POLICIES, f"{resource}/{name}", policy)
    return {"PolicyARN": arn, "Alarms": policy["Alarms"]}


@AUTOSCALING.operation("DescribeScalingPolicies", members=targets.LISTED)
def describe_scaling_policies(aws: Aws, request: Document) -> Document:
    """The policies, fifty a page."""
    found = [
        item
        for item in aws.store.all(targets.POLICIES)
        if request["ServiceNamespace"] == targets.NAMESPACE
        and item["ResourceId"] == request.get("ResourceId", item["ResourceId"])
        and item["PolicyName"] in request.get("PolicyNames", [item["PolicyName"]])
    ]
    chosen, more = targets.page(request, found, "PolicyARN")
    return {"ScalingPolicies": chosen, **more}


@AUTOSCALING.operation("DeleteScalingPolicy", on=(targets.find_arn,))
def delete_scaling_policy(aws: Aws, request: Document) -> Document:
    """Remove a policy; the variant keeps the instances that it has."""
    key = f"{request['ResourceId']}/{request['PolicyName']}"
    with aws.store.transaction():
        policy = aws.store.get(targets.POLICIES, key)
        if policy is None:
            raise targets.not_found(f"No scaling policy found for {request['ResourceId']}: {request['PolicyName']}")
        alarms.delete(policy)
        aws.store.delete(targets.POLICIES, key)
    return {}


def _check(kind: str, request: Document) -> None:
    """Refuse a policy without the configuration of its type, or with one that cannot be followed."""
    if kind not in _CONFIGURATIONS:
        raise errors.validation(
            f"The local AWS does not emulate the policy type {kind}; give {' or '.join(_CONFIGURATIONS)}."
        )
    wanted = _CONFIGURATIONS[kind]
    others = [name for name in _CONFIGURATIONS.values() if name != wanted and request.get(name)]
    if not request.get(wanted) or others:
        raise errors.validation(f"A policy of type {kind} has {wanted}, and no other configuration.")
    if kind == "StepScaling":
        steps.check_steps(request[wanted])
    else:
        _check_tracking(request[wanted])


def _check_tracking(config: Document) -> None:
    predefined, own = config.get("PredefinedMetricSpecification"), config.get(_CUSTOMIZED)
    if bool(predefined) == bool(own):
        raise errors.validation(
            "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified."
        )
    if predefined and predefined["PredefinedMetricType"] != _INVOCATIONS:
        raise errors.validation(
            f"The local AWS does not emulate the metric {predefined['PredefinedMetricType']}; give {_INVOCATIONS} or a "
            f"{_CUSTOMIZED}."
        )
    missing = [name for name in ("MetricName", "Namespace", "Statistic") if own and name not in own]
    if missing:
        raise errors.validation(f"{_CUSTOMIZED} needs {' and '.join(missing)}.")
    if config["TargetValue"] <= 0:
        raise errors.validation(f"TargetValue {config['TargetValue']:g} must be greater than 0.")
