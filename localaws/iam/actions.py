"""Which IAM actions on which resources an operation of ours needs, as AWS's service authorization reference has them.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from localaws.settings import Settings
from localaws.shapes import Document

# The members of a request that name what it is about, and how ARNs of it begin.
_NAMED = {
    "EndpointConfigName": "endpoint-config",
    "EndpointName": "endpoint",
    "HyperParameterTuningJobName": "hyper-parameter-tuning-job",
    "ModelName": "model",
    "ModelPackageArn": "model-package",
    "ModelPackageGroupName": "model-package-group",
    "ModelPackageName": "model-package",
    "MonitoringScheduleName": "monitoring-schedule",
    "PipelineExecutionArn": "pipeline",
    "PipelineName": "pipeline",
    "ProcessingJobName": "processing-job",
    "ResourceArn": "",
    "TrainingJobName": "training-job",
    "TransformJobName": "transform-job",
}
# Members that choose among what is listed, or that are only made use of: no resource of the action.
_NOT_ABOUT = {
    "CreateTransformJob": {"ModelName"},
    "ListDataQualityJobDefinitions": {"EndpointName"},
    "ListModelPackages": {"ModelPackageGroupName"},
    "ListModelQualityJobDefinitions": {"EndpointName"},
    "ListMonitoringAlerts": {"MonitoringScheduleName"},
    "ListMonitoringExecutions": {"EndpointName", "MonitoringScheduleName"},
    "ListMonitoringSchedules": {"EndpointName"},
}
# A definition's kind stands in the operation's name, and not in the member's.
_DEFINITIONS = {
    f"{verb}{kind}JobDefinition": f"{noun}-job-definition"
    for verb in ("Create", "Describe", "Delete")
    for kind, noun in (("DataQuality", "data-quality"), ("ModelQuality", "model-quality"))
}
_CASE_KEPT = {"ModelPackageArn", "ModelPackageGroupName", "ModelPackageName", "PipelineName"}
_ROLES = ("RoleArn", "ExecutionRoleArn")


@dataclass(frozen=True)
class Check:
    """One question to a policy."""

    action: str
    resource: str
    context: dict[str, str | list[str]] = field(default_factory=dict)


def checks(settings: Settings, service: str, operation: str, request: Document) -> Iterator[Check]:
    """All that a policy must allow for a call of `operation`."""
    if service == "application-autoscaling":
        yield Check(f"{service}:{operation}", _scaled(settings, operation, request))
        return
    if service == "codebuild":
        for place in _projects(settings, request) or ["*"]:
            yield Check(f"{service}:{operation}", place)
        if request.get("serviceRole"):
            yield Check("iam:PassRole", request["serviceRole"], {"iam:PassedToService": "codebuild.amazonaws.com"})
        return
    if service == "codecommit":
        named = [request.get("repositoryName"), *(target["repositoryName"] for target in request.get("targets", []))]
        arns = [f"arn:aws:codecommit:{settings.region}:{settings.account}:{name}" for name in named if name]
        yield from (Check(f"{service}:{operation}", place) for place in arns or ["*"])
        return
    if service == "scheduler":
        yield from _scheduling(settings, operation, request)
        return
    resources = list(_resources(settings, operation, request)) or ["*"]
    tags = _tag_context(request)
    for resource in resources:
        yield Check(f"{service}:{operation}", resource, tags)
    if operation.startswith("Create") and request.get("Tags"):
        yield Check(f"{service}:AddTags", resources[0], tags)
    for role in sorted(set(_roles(request))):
        yield Check("iam:PassRole", role, {"iam:PassedToService": "sagemaker.amazonaws.com"})


def _scheduling(settings: Settings, operation: str, request: Document) -> Iterator[Check]:
    """EventBridge Scheduler: the schedule in its group, and the target's role, which is handed to Scheduler.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html
    """
    place = f"arn:aws:scheduler:{settings.region}:{settings.account}"
    group = request.get("GroupName", "default")
    if "ResourceArn" in request:
        resource = request["ResourceArn"]
    elif "Name" not in request:
        resource = "*"
    elif operation.endswith("Group"):
        resource = f"{place}:schedule-group/{request['Name']}"
    else:
        resource = f"{place}:schedule/{group}/{request['Name']}"
    yield Check(f"scheduler:{operation}", resource, _tag_context(request))
    if "Target" in request:
        role = request["Target"]["RoleArn"]
        yield Check("iam:PassRole", role, {"iam:PassedToService": "scheduler.amazonaws.com"})


def _resources(settings: Settings, operation: str, request: Document) -> Iterator[str]:
    for member, kind in _NAMED.items():
        name = request.get(member)
        if name and member not in _NOT_ABOUT.get(operation, ()):
            yield (
                name
                if name.startswith("arn:")
                else _arn(settings, kind, name if member in _CASE_KEPT else name.lower())
            )
    if operation in _DEFINITIONS:
        yield _arn(settings, _DEFINITIONS[operation], request["JobDefinitionName"].lower())
    if operation in ("CreateModelPackage", "ListModelPackages") and "ModelPackageGroupName" in request:
        yield _arn(settings, "model-package", f"{request['ModelPackageGroupName'].rsplit('/', 1)[-1]}/*")


def _arn(settings: Settings, kind: str, name: str) -> str:
    return f"arn:aws:sagemaker:{settings.region}:{settings.account}:{kind}/{name}"


def _projects(settings: Settings, request: Document) -> list[str]:
    """The projects that a call of CodeBuild is about; of builds and ARNs, the projects that are named in them."""
    given = [request.get(member) for member in ("name", "projectName", "id")]
    named = [*given, *request.get("names", []), *request.get("ids", [])]
    bare = [re.split(r":(?:project|build)/", name)[-1].partition(":")[0] for name in named if name]
    return sorted({f"arn:aws:codebuild:{settings.region}:{settings.account}:project/{name}" for name in bare})


def _scaled(settings: Settings, operation: str, request: Document) -> str:
    if operation.startswith("Describe"):
        return "*"
    target = request["ResourceId"].removeprefix("endpoint/").replace("/variant/", "-")
    return f"arn:aws:application-autoscaling:{settings.region}:{settings.account}:scalable-target/{target}"


def _tag_context(request: Document) -> dict[str, str | list[str]]:
    tags = request.get("Tags") or []
    keys = [tag["Key"] for tag in tags] + request.get("TagKeys", [])
    named: dict[str, str | list[str]] = {f"aws:RequestTag/{tag['Key']}": tag["Value"] for tag in tags}
    return named | ({"aws:TagKeys": keys} if keys else {})


def _roles(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name in _ROLES and isinstance(item, str):
                yield item
            yield from _roles(item)
    elif isinstance(value, list):
        for item in value:
            yield from _roles(item)
