"""Model and RegisterModel steps: a model from an artifact, a version in the registry."""

from __future__ import annotations

from localaws.engine.context import Run, StepContext
from localaws.names import identifier
from localaws.records.models import GROUP, PACKAGE, get_model, get_package
from localaws.shapes import Document, project

_LONGEST_PREFIX = 52  # of a model's name, which has 63 characters
_MAKER = "PipelineStep"  # of a version's document: the execution and the step that registered it


def model(context: StepContext) -> Document:
    """Create the model that the arguments describe."""
    prefix = context.arguments.get("ModelName") or f"pipelines-{context.execution_id}"
    request = {**context.arguments, "ModelName": f"{prefix[:_LONGEST_PREFIX]}-{identifier(10)}"}
    arn = context.call("CreateModel", request)["ModelArn"]
    context.record({"Model": {"Arn": arn}})
    return project("DescribeModel", get_model(context.aws, request["ModelName"]))


def register_model(context: StepContext) -> Document:
    """Register a version; the group is made where it does not exist, as AWS's pipelines do."""
    group = context.arguments.get("ModelPackageGroupName")
    if group:
        context.authorize("DescribeModelPackageGroup", {"ModelPackageGroupName": group})
    arn = _find_registered(context) or _register(context, group)
    context.record({"RegisterModel": {"Arn": arn}})
    context.authorize("DescribeModelPackage", {"ModelPackageName": arn})
    return project("DescribeModelPackage", get_package(context.aws, arn))


def _register(context: StepContext, group: str | None) -> str:
    # Kept with the version: a kill before the step's own record must not register another at the retry.
    request = {**context.arguments, _MAKER: _maker(context)}
    if group and not context.aws.store.get(GROUP, group):
        context.authorize("CreateModelPackageGroup", {"ModelPackageGroupName": group})
        request["MakesGroup"] = True
    arn: str = context.call("CreateModelPackage", request)["ModelPackageArn"]
    return arn


def _find_registered(context: StepContext) -> str | None:
    """The version that this very step has registered, where the local AWS was killed and the execution is retried."""
    packages = context.aws.store.all(PACKAGE)
    return next((item["ModelPackageArn"] for item in packages if item.get(_MAKER) == _maker(context)), None)


def _maker(context: StepContext) -> str:
    return f"{context.execution_id}/{context.step.name}"


RUNS: dict[str, Run] = {"Model": model, "RegisterModel": register_model}
