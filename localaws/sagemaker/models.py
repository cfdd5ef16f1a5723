"""Models: what a container serves. CreateModel, DescribeModel, ListModels, DeleteModel."""

from __future__ import annotations

from localaws import errors, listing
from localaws.aws import Aws, now
from localaws.operations import SAGEMAKER, Named
from localaws.records import defaults, models, tags
from localaws.refusals import members
from localaws.sagemaker.rules import inputs, pulling
from localaws.sagemaker.rules.hosting import MODEL_RULES
from localaws.shapes import Document, project_as

_ORDER = listing.Order({"Name": "ModelName", "CreationTime": "CreationTime"})
MODEL = Named("ModelName", "model")
_CONTAINER = members(
    "Image ModelDataUrl Environment ModelPackageName ContainerHostname", only={"Mode": ("SingleModel",)}
)
_MEMBERS = (
    members("ModelName ExecutionRoleArn InferenceExecutionConfig", kept="VpcConfig EnableNetworkIsolation Tags")
    | _CONTAINER.below("PrimaryContainer")
    | _CONTAINER.below("Containers")
)


@SAGEMAKER.operation("CreateModel", on=(MODEL,), checks=MODEL_RULES, members=_MEMBERS)
def create_model(aws: Aws, request: Document) -> Document:
    """Store a model with one container or several."""
    name = request["ModelName"]
    arn = aws.arn("model", name.lower())
    if ("PrimaryContainer" in request) == bool(request.get("Containers")):
        raise errors.validation("Give either PrimaryContainer or Containers, and not both.")
    for definition in models.list_containers(request):
        _check(aws, definition)
    for definition in models.list_containers(request):
        for container in models.merge_package(aws, definition):
            pulling.check_model(aws, request.get("ExecutionRoleArn"), container)
            inputs.check_model(aws, request.get("ExecutionRoleArn"), container)
    with aws.store.transaction():
        if aws.store.get(models.MODEL, name):
            raise errors.validation(f'Cannot create already existing model "{arn}".')
        document = {**defaults.fill(request, defaults.MODEL), "ModelArn": arn, "CreationTime": now()}
        aws.store.put(models.MODEL, name, document)
        tags.tag_new(aws, arn, request)
    return {"ModelArn": arn}


@SAGEMAKER.operation("DescribeModel", on=(MODEL,))
def describe_model(aws: Aws, request: Document) -> Document:
    """A model as it was created."""
    return models.get_model(aws, request["ModelName"])


@SAGEMAKER.operation("ListModels")
def list_models(aws: Aws, request: Document) -> Document:
    """Models, newest first."""
    chosen, more = listing.page(request, aws.store.all(models.MODEL), _ORDER, "ModelName")
    return {"Models": [project_as("ModelSummary", item) for item in chosen], **more}


@SAGEMAKER.operation("DeleteModel", on=(MODEL,))
def delete_model(aws: Aws, request: Document) -> Document:
    """Remove a model; its artifact in S3 stays."""
    with aws.store.transaction():
        document = describe_model(aws, request)
        aws.store.delete(models.MODEL, request["ModelName"])
        tags.forget(aws, document["ModelArn"])
    return {}


def _check(aws: Aws, definition: Document) -> None:
    if ("Image" in definition) == ("ModelPackageName" in definition):
        raise errors.validation("A container needs either Image or ModelPackageName, and not both.")
    if "ModelPackageName" not in definition:
        return
    package = models.get_package(aws, definition["ModelPackageName"])
    # A package without a group has no approval.
    approval = package.get("ModelApprovalStatus", "Approved")
    if approval != "Approved":
        raise errors.validation(
            f"Cannot create a model from the model package {package['ModelPackageArn']}: its approval status is "
            f"{approval}, and it must be Approved."
        )
    if not package.get("InferenceSpecification", {}).get("Containers"):
        raise errors.validation(f"The model package {package['ModelPackageArn']} has no InferenceSpecification.")
