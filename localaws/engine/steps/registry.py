"""Model and RegisterModel steps: a model from an artifact, a version in the registry."""

from __future__ import annotations

from localaws import errors
from localaws.engine.context import Run, StepContext
from localaws.engine.records import REGISTERED
from localaws.engine.retries import Failure, of_code
from localaws.names import bare, identifier
from localaws.records.models import GROUP, PACKAGE, get_model, get_package
from localaws.sagemaker import model_package_groups, model_packages, models
from localaws.shapes import Document, project, validate


def model(context: StepContext) -> Document:
    """Create the model that the arguments describe."""
    request = {"ModelName": f"pipelines-{context.execution_id}-{identifier(10)}", **context.arguments}
    arn = _call(context, "CreateModel", request)["ModelArn"]
    context.record({"Model": {"Arn": arn}})
    return project("DescribeModel", get_model(context.aws, request["ModelName"]))


def register_model(context: StepContext) -> Document:
    """Register a version; the group is made where it does not exist, as AWS's pipelines do."""
    group = context.arguments.get("ModelPackageGroupName")
    if group:
        _authorize(context, "DescribeModelPackageGroup", {"ModelPackageGroupName": group})
    if not _registered(context):
        # Before the transaction: the check reads S3.
        _check(context)
    with context.aws.store.transaction():
        if group and not context.aws.store.get(GROUP, group):
            _call(context, "CreateModelPackageGroup", {"ModelPackageGroupName": group})
        arn = _registered(context) or _register(context)
    context.record({"RegisterModel": {"Arn": arn}})
    _authorize(context, "DescribeModelPackage", {"ModelPackageName": arn})
    return project("DescribeModelPackage", get_package(context.aws, arn))


def _registered(context: StepContext) -> str | None:
    """The version that this very step has registered, where the local AWS was killed and the execution is retried."""
    kept: str | None = (context.aws.store.get(REGISTERED, _key(context)) or {}).get("Arn")
    return kept if kept and context.aws.store.get(PACKAGE, bare(kept)) else None


def _register(context: StepContext) -> str:
    try:
        arn: str = model_packages.register(context.aws, context.arguments)["ModelPackageArn"]
    except errors.AwsError as error:
        raise _failed("CreateModelPackage", error) from error
    # Kept with the version: a kill before the step's own record must not register another at the retry.
    context.aws.store.put(REGISTERED, _key(context), {"Arn": arn})
    return arn


def _key(context: StepContext) -> str:
    return f"{context.execution_id}#{context.step.name}"


def _check(context: StepContext) -> None:
    _authorize(context, "CreateModelPackage", context.arguments)
    try:
        validate("CreateModelPackage", context.arguments)
        model_packages.check(context.aws, context.arguments)
    except errors.AwsError as error:
        raise _failed("CreateModelPackage", error) from error


def _call(context: StepContext, operation: str, request: Document) -> Document:
    operations = {**models.OPERATIONS, **model_package_groups.OPERATIONS}
    _authorize(context, operation, request)
    try:
        validate(operation, request)
        return operations[operation](context.aws, request)
    except errors.AwsError as error:
        raise _failed(operation, error) from error


def _authorize(context: StepContext, operation: str, request: Document) -> None:
    try:
        context.authorize(operation, request)
    except errors.AwsError as error:
        raise _failed(operation, error) from error


def _failed(operation: str, error: errors.AwsError) -> Failure:
    sentence = f"ClientError: Failed to invoke sagemaker:{operation}. Error Details: {error.message}"
    return of_code(error.code, sentence)


RUNS: dict[str, Run] = {"Model": model, "RegisterModel": register_model}
