"""Models: what a container serves. CreateModel, DescribeModel, ListModels, DeleteModel."""

from __future__ import annotations

from localaws import errors
from localaws.aws import Aws, now
from localaws.sagemaker import listing, model_packages, tags, unsupported
from localaws.sagemaker.rules import artifacts, check_joins, pulling
from localaws.shapes import Document, project_as

KIND = "model"
_ORDER = listing.Order({"Name": "ModelName", "CreationTime": "CreationTime"})


def create_model(aws: Aws, request: Document) -> Document:
    """Store a model with one container or several."""
    name = request["ModelName"]
    arn = aws.arn("model", name.lower())
    if ("PrimaryContainer" in request) == bool(request.get("Containers")):
        raise errors.validation("Give either PrimaryContainer or Containers, and not both.")
    for definition in _definitions(request):
        _check(aws, definition)
    check_joins("CreateModel", request)
    unsupported.refuse("CreateModel", request)
    for definition in _definitions(request):
        container = _packaged(aws, definition)
        pulling.check_model(aws, request.get("ExecutionRoleArn"), container)
        artifacts.check_model(aws, request.get("ExecutionRoleArn"), container)
    with aws.store.transaction():
        if aws.store.get(KIND, name):
            raise errors.validation(f'Cannot create already existing model "{arn}".')
        document = {**request, "ModelArn": arn, "CreationTime": now()}
        document["EnableNetworkIsolation"] = request.get("EnableNetworkIsolation", False)
        aws.store.put(KIND, name, document)
        tags.tag_new(aws, arn, request)
    return {"ModelArn": arn}


def describe_model(aws: Aws, request: Document) -> Document:
    """A model as it was created."""
    document = aws.store.get(KIND, request["ModelName"])
    if document is None:
        raise errors.validation(f'Could not find model "{aws.arn("model", request["ModelName"].lower())}".')
    return document


def list_models(aws: Aws, request: Document) -> Document:
    """Models, newest first."""
    chosen, more = listing.page(request, aws.store.all(KIND), _ORDER, "ModelName")
    return {"Models": [project_as("ModelSummary", item) for item in chosen], **more}


def delete_model(aws: Aws, request: Document) -> Document:
    """Remove a model; its artifact in S3 stays."""
    with aws.store.transaction():
        document = describe_model(aws, request)
        aws.store.delete(KIND, request["ModelName"])
        tags.forget(aws, document["ModelArn"])
    return {}


def container_of(aws: Aws, model: Document) -> Document:
    """The definition of the one container that serves a model: what its package says, overlaid with its own."""
    definitions = _definitions(model)
    if len(definitions) > 1:
        raise errors.validation(
            f"The model {model['ModelName']} has {len(definitions)} containers; the local AWS serves models with one."
        )
    return _packaged(aws, definitions[0])


def _packaged(aws: Aws, definition: Document) -> Document:
    if "ModelPackageName" not in definition:
        return definition
    specification = model_packages.find(aws, definition["ModelPackageName"])[1]["InferenceSpecification"]
    packaged = specification["Containers"][0]
    environment = packaged.get("Environment", {}) | definition.get("Environment", {})
    return {**packaged, **definition, "Environment": environment}


def _definitions(model: Document) -> list[Document]:
    return [model["PrimaryContainer"]] if "PrimaryContainer" in model else model["Containers"]


def _check(aws: Aws, definition: Document) -> None:
    if ("Image" in definition) == ("ModelPackageName" in definition):
        raise errors.validation("A container needs either Image or ModelPackageName, and not both.")
    if "ModelPackageName" not in definition:
        return
    package = model_packages.find(aws, definition["ModelPackageName"])[1]
    # A package without a group has no approval.
    approval = package.get("ModelApprovalStatus", "Approved")
    if approval != "Approved":
        raise errors.validation(
            f"Cannot create a model from the model package {package['ModelPackageArn']}: its approval status is "
            f"{approval}, and it must be Approved."
        )
    if not package.get("InferenceSpecification", {}).get("Containers"):
        raise errors.validation(f"The model package {package['ModelPackageArn']} has no InferenceSpecification.")


OPERATIONS = {
    "CreateModel": create_model,
    "DescribeModel": describe_model,
    "ListModels": list_models,
    "DeleteModel": delete_model,
}
