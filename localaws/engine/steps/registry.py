"""Model and RegisterModel steps: a model from an artifact, a version in the registry."""

from __future__ import annotations

from localaws import errors
from localaws.engine.context import Run, StepContext
from localaws.engine.retries import of_code
from localaws.sagemaker import model_package_groups, model_packages, models
from localaws.sagemaker.names import identifier
from localaws.shapes import Document, project, validate


def model(context: StepContext) -> Document:
    """Create the model that the arguments describe."""
    request = {"ModelName": f"pipelines-{context.execution_id}-{identifier(10)}", **context.arguments}
    arn = _call(context, "CreateModel", request)["ModelArn"]
    context.record({"Model": {"Arn": arn}})
    return project("DescribeModel", models.describe_model(context.aws, request))


def register_model(context: StepContext) -> Document:
    """Register a version; the group is made where it does not exist, as AWS's pipelines do."""
    group = context.arguments.get("ModelPackageGroupName")
    with context.aws.store.transaction():
        if group and not context.aws.store.get(model_package_groups.KIND, group):
            _call(context, "CreateModelPackageGroup", {"ModelPackageGroupName": group})
        arn = _call(context, "CreateModelPackage", context.arguments)["ModelPackageArn"]
    context.record({"RegisterModel": {"Arn": arn}})
    described = model_packages.describe_model_package(context.aws, {"ModelPackageName": arn})
    return project("DescribeModelPackage", described)


def _call(context: StepContext, operation: str, request: Document) -> Document:
    operations = {**models.OPERATIONS, **model_packages.OPERATIONS, **model_package_groups.OPERATIONS}
    try:
        validate(operation, request)
        context.authorize(operation, request)
        return operations[operation](context.aws, request)
    except errors.AwsError as error:
        sentence = f"ClientError: Failed to invoke sagemaker:{operation}. Error Details: {error.message}"
        raise of_code(error.code, sentence) from error


RUNS: dict[str, Run] = {"Model": model, "RegisterModel": register_model}
