"""What Application Auto Scaling asks of its caller beyond its own actions, before it takes a target or a policy.

It calls SageMaker and CloudWatch in the caller's name to see whether the caller could scale by hand. Some of these
calls name nothing, or something that is not there: CloudWatch's come without an alarm's name, and the endpoint
configuration that it describes bears a random one. What is missing is listed in one ValidationException.
https://docs.aws.amazon.com/autoscaling/application/userguide/security_iam_permission_validation.html
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from localaws.iam.checks import Check
from localaws.settings import Settings
from localaws.shapes import Document

SERVICE = "sagemaker.application-autoscaling.amazonaws.com"
LINKED_ROLE = "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"


def linked_role_arn(account: str) -> str:
    """The role that Application Auto Scaling makes for itself once an account."""
    return f"arn:aws:iam::{account}:role/aws-service-role/{SERVICE}/{LINKED_ROLE}"


def validated(settings: Settings, operation: str, request: Document, linked: bool) -> Iterator[Check]:
    """What a call must be allowed as well; `linked` says whether the service's own role is there already."""
    if operation not in ("RegisterScalableTarget", "PutScalingPolicy"):
        return
    place = f"{settings.region}:{settings.account}"
    endpoint = request["ResourceId"].split("/variant/")[0].lower()
    yield Check("sagemaker:DescribeEndpoint", f"arn:aws:sagemaker:{place}:{endpoint}")
    yield Check("sagemaker:DescribeEndpointConfig", f"arn:aws:sagemaker:{place}:endpoint-config/{uuid.uuid4()}")
    yield Check("sagemaker:UpdateEndpointWeightsAndCapacities", f"arn:aws:sagemaker:{place}:{endpoint}")
    alarm = f"arn:aws:cloudwatch:{place}:alarm:"
    if operation == "PutScalingPolicy":
        alarm += f"TargetTracking-{request['ResourceId']}-AlarmHigh-{uuid.uuid4()}"
    yield Check("cloudwatch:PutMetricAlarm", alarm)
    yield Check("cloudwatch:DescribeAlarms", "*")
    yield Check("cloudwatch:DeleteAlarms", alarm)
    if operation == "RegisterScalableTarget" and not linked:
        yield Check("iam:CreateServiceLinkedRole", linked_role_arn(settings.account), {"iam:AWSServiceName": SERVICE})
