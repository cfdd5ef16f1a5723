"""ARNs of a stack's resources: before they are made from their properties, afterwards from their physical ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from localaws.settings import Settings
from localaws.stacks.resource import Resource, values

# How CloudFormation ends a name that the template leaves to it: nobody knows it beforehand, a policy neither.
_ENDING = "1A2B3C4D5E6F"
_REGIONAL, _GLOBAL = "{region}:{account}", ":{account}"
# The property that names a resource, and the ARN after `arn:aws:`.
_NAMED = {
    "AWS::Budgets::Budget": ("Budget/BudgetName", f"budgets:{_GLOBAL}:budget/{{name}}"),
    "AWS::CloudWatch::Alarm": ("AlarmName", f"cloudwatch:{_REGIONAL}:alarm:{{name}}"),
    "AWS::CloudWatch::Dashboard": ("DashboardName", f"cloudwatch:{_GLOBAL}:dashboard/{{name}}"),
    "AWS::CodeBuild::Project": ("Name", f"codebuild:{_REGIONAL}:project/{{name}}"),
    "AWS::CodeCommit::Repository": ("RepositoryName", f"codecommit:{_REGIONAL}:{{name}}"),
    "AWS::ECR::Repository": ("RepositoryName", f"ecr:{_REGIONAL}:repository/{{name}}"),
    "AWS::Events::Rule": ("Name", f"events:{_REGIONAL}:rule/{{name}}"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", f"iam:{_GLOBAL}:policy/{{name}}"),
    "AWS::IAM::Role": ("RoleName", f"iam:{_GLOBAL}:role/{{name}}"),
    "AWS::Lambda::Function": ("FunctionName", f"lambda:{_REGIONAL}:function:{{name}}"),
    "AWS::Lambda::LayerVersion": ("LayerName", f"lambda:{_REGIONAL}:layer:{{name}}"),
    "AWS::Logs::LogGroup": ("LogGroupName", f"logs:{_REGIONAL}:log-group:{{name}}"),
    "AWS::S3::Bucket": ("BucketName", "s3:::{name}"),
    "AWS::SNS::Topic": ("TopicName", f"sns:{_REGIONAL}:{{name}}"),
    "AWS::SQS::Queue": ("QueueName", f"sqs:{_REGIONAL}:{{name}}"),
    "AWS::SageMaker::Endpoint": ("EndpointName", f"sagemaker:{_REGIONAL}:endpoint/{{name}}"),
    "AWS::SageMaker::EndpointConfig": ("EndpointConfigName", f"sagemaker:{_REGIONAL}:endpoint-config/{{name}}"),
    "AWS::SageMaker::Model": ("ModelName", f"sagemaker:{_REGIONAL}:model/{{name}}"),
    "AWS::SageMaker::ModelPackageGroup": (
        "ModelPackageGroupName",
        f"sagemaker:{_REGIONAL}:model-package-group/{{name}}",
    ),
    "AWS::SageMaker::MonitoringSchedule": (
        "MonitoringScheduleName",
        f"sagemaker:{_REGIONAL}:monitoring-schedule/{{name}}",
    ),
    "AWS::SageMaker::Pipeline": ("PipelineName", f"sagemaker:{_REGIONAL}:pipeline/{{name}}"),
    "AWS::Scheduler::Schedule": ("Name", f"scheduler:{_REGIONAL}:schedule/{{name}}"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", f"states:{_REGIONAL}:stateMachine:{{name}}"),
}
_SEPARATORS = re.compile(r"[/:|]")
# SageMaker writes these names in small letters in its ARNs.
_SMALL = {"AWS::SageMaker::Endpoint", "AWS::SageMaker::EndpointConfig", "AWS::SageMaker::Model"}


def arns(settings: Settings, resource: Resource) -> list[str]:
    """What a type's own actions are on; what the service names bears a name of nobody until it has."""
    found = _OTHERS.get(resource.kind, _by_name)
    return [_whole(settings, arn) for arn in found(resource)]


def known_kinds() -> frozenset[str]:
    """The types whose resources have ARNs here."""
    return frozenset(_NAMED) | frozenset(_OTHERS)


def whole(settings: Settings, service: str, rest: str) -> str:
    """The ARN of something of this account and region."""
    return f"arn:aws:{service}:{settings.region}:{settings.account}:{rest}"


def _whole(settings: Settings, arn: str) -> str:
    if arn == "*" or arn.startswith("arn:"):
        return arn
    return "arn:aws:" + arn.replace("{region}", settings.region).replace("{account}", settings.account)


def _by_name(resource: Resource) -> Iterator[str]:
    member, pattern = _NAMED[resource.kind]
    name = f"{_within(resource)}{_name(resource, member)}"
    yield pattern.replace("{name}", name.lower() if resource.kind in _SMALL else name)


def _within(resource: Resource) -> str:
    """What stands before a name in its ARN: a path, a bus that is not the default one, a group."""
    if resource.kind in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Role"):
        return resource.text("Path").lstrip("/")
    if resource.kind == "AWS::Events::Rule":
        bus = _last(resource.text("EventBusName"))
        return f"{bus}/" if bus not in ("", "default") else ""
    return f"{resource.text('GroupName') or 'default'}/" if resource.kind == "AWS::Scheduler::Schedule" else ""


def _name(resource: Resource, member: str) -> str:
    # What is renamed in place is changed under the name that it had.
    given = next((name for properties in (resource.old, resource.new) for name in values(properties, member)), None)
    if isinstance(given, str) and given:
        return given
    if resource.physical_id:
        return _last(resource.physical_id)
    return f"{resource.stack}-{resource.logical_id}-{_ENDING}"


def _last(identifier: str) -> str:
    return _SEPARATORS.split(identifier)[-1]


def _function(resource: Resource) -> Iterator[str]:
    yield f"lambda:{_REGIONAL}:function:{_last(resource.text('FunctionName'))}"


def _bucket(resource: Resource) -> Iterator[str]:
    yield f"s3:::{resource.text('Bucket')}"


def _queues(resource: Resource) -> Iterator[str]:
    for url in values(resource.properties, "Queues/*"):
        yield f"sqs:{_REGIONAL}:{_last(url)}"


def _topics(resource: Resource) -> Iterator[str]:
    yield from values(resource.properties, "Topics/*")


def _topic(resource: Resource) -> Iterator[str]:
    yield resource.text("TopicArn")


def _key(resource: Resource) -> Iterator[str]:
    yield f"kms:{_REGIONAL}:key/{_last(resource.physical_id) or _ENDING}"


def _alias(resource: Resource) -> Iterator[str]:
    """An alias is made, moved and deleted by who may touch both it and its key."""
    yield f"kms:{_REGIONAL}:{resource.text('AliasName')}"
    yield f"kms:{_REGIONAL}:key/{_last(resource.text('TargetKeyId'))}"


def _provider(resource: Resource) -> Iterator[str]:
    yield f"iam:{_GLOBAL}:oidc-provider/{resource.text('Url').partition('://')[2]}"


def _unnamed(pattern: str) -> Callable[[Resource], Iterator[str]]:
    """Of what the service names: any of its kind, until it is there."""

    def arn(resource: Resource) -> Iterator[str]:
        made = resource.physical_id
        yield made if made.startswith("arn:") else f"{pattern}/*"

    return arn


_OTHERS: dict[str, Callable[[Resource], Iterator[str]]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": _unnamed(f"application-autoscaling:{_REGIONAL}:scalable-target"),
    "AWS::ApplicationAutoScaling::ScalingPolicy": _unnamed(f"application-autoscaling:{_REGIONAL}:scalable-target"),
    "AWS::CodeConnections::Connection": _unnamed(f"codeconnections:{_REGIONAL}:connection"),
    "AWS::CodeStarConnections::Connection": _unnamed(f"codestar-connections:{_REGIONAL}:connection"),
    "AWS::IAM::OIDCProvider": _provider,
    "AWS::KMS::Alias": _alias,
    "AWS::KMS::Key": _key,
    "AWS::Lambda::EventInvokeConfig": _function,
    "AWS::Lambda::Permission": _function,
    "AWS::S3::BucketPolicy": _bucket,
    "AWS::SNS::Subscription": _topic,
    "AWS::SNS::TopicPolicy": _topics,
    "AWS::SQS::QueuePolicy": _queues,
}
