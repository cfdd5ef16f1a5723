"""What a handler's action is on where that is not the resource itself: code, keys, layers, and all of an account."""

from __future__ import annotations

from collections.abc import Iterator

from localaws.settings import Settings
from localaws.stacks.resource import Resource, values

# These take no resource, or lists of all. https://docs.aws.amazon.com/service-authorization/latest/reference/
_ALL = {
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
    "cloudwatch:GetMetricData",
    "codecommit:ListRepositories",
    "kms:CreateKey",
    "kms:ListAliases",
    "logs:DescribeResourcePolicies",
    "logs:PutResourcePolicy",
    "sns:GetSubscriptionAttributes",
    "sns:SetSubscriptionAttributes",
    "sns:Unsubscribe",
}
_KEYS = ("KmsKeyArn", "KmsKeyId", "EncryptionConfiguration/KmsKey", "EncryptionConfiguration/KmsKeyId")
# Where each type keeps the address of what it is made from: bucket and key.
_SOURCES = {
    "AWS::CodeCommit::Repository": ("Code/S3/Bucket", "Code/S3/Key"),
    "AWS::Lambda::Function": ("Code/S3Bucket", "Code/S3Key"),
    "AWS::Lambda::LayerVersion": ("Content/S3Bucket", "Content/S3Key"),
    "AWS::SageMaker::Pipeline": (
        "PipelineDefinition/PipelineDefinitionS3Location/Bucket",
        "PipelineDefinition/PipelineDefinitionS3Location/Key",
    ),
    "AWS::StepFunctions::StateMachine": ("DefinitionS3Location/Bucket", "DefinitionS3Location/Key"),
}
_ELSEWHERE = {
    "billing:GetBillingViewData": "arn:aws:billing::{account}:billingview/primary",
    "iam:CreateServiceLinkedRole": "arn:aws:iam::{account}:role/aws-service-role/sagemaker.application-autoscaling."
    "amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint",
    # AWS asks about a log group without a name, whichever prefix is asked for.
    "logs:DescribeLogGroups": "arn:aws:logs:{region}:{account}:log-group::log-stream:",
}


def place(settings: Settings, resource: Resource, action: str) -> list[str] | None:
    """The ARNs that an action is on; None where it is on the resource itself."""
    service = action.partition(":")[0]
    if action in _ALL or service == "ec2":
        return ["*"]
    if action in _ELSEWHERE:
        return [_ELSEWHERE[action].format(region=settings.region, account=settings.account)]
    if action.startswith("s3:GetObject") and resource.kind in _SOURCES:
        return list(_source(resource))
    if service == "kms" and not resource.kind.startswith("AWS::KMS::"):
        return list(_key(settings, resource))
    if "connections" in service and resource.kind == "AWS::CodeBuild::Project":
        # A connection bears one of the service's two names, and is asked about under that one.
        connections = values(resource.properties, "Source/Auth/Resource")
        return [str(arn) for arn in connections if str(arn).startswith(f"arn:aws:{service}:")]
    return _layers(settings, resource, action)


def _source(resource: Resource) -> Iterator[str]:
    bucket, key = (next(values(resource.properties, path), "") for path in _SOURCES[resource.kind])
    yield f"arn:aws:s3:::{bucket}/{key}"


def _key(settings: Settings, resource: Resource) -> Iterator[str]:
    given = next((str(value) for path in _KEYS for value in values(resource.properties, path)), "")
    yield given if given.startswith("arn:") else f"arn:aws:kms:{settings.region}:{settings.account}:key/{given}"


def _layers(settings: Settings, resource: Resource, action: str) -> list[str] | None:
    """A function reads the versions that it is given; a layer's own version is read and deleted."""
    if action == "lambda:GetLayerVersion" and resource.kind == "AWS::Lambda::Function":
        return [str(arn) for arn in values(resource.properties, "Layers/*")]
    if action in ("lambda:GetLayerVersion", "lambda:DeleteLayerVersion"):
        first = f"arn:aws:lambda:{settings.region}:{settings.account}:layer:{resource.text('LayerName')}:1"
        return [resource.physical_id or first]
    return None
