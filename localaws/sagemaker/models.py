"""Models: what a container serves. CreateModel, DescribeModel, ListModels, DeleteModel."""

from __future__ import annotations

from localaws import errors
from localaws.aws import Aws, now
from localaws.sagemaker import listing, tags
from localaws.shapes import Document, project_as

KIND = "model"
_ORDER = listing.Order({"Name": "ModelName", "CreationTime": "CreationTime"})


def create_model(aws: Aws, request: Document) -> Document:
    """Store a model with one container or several."""
    name = request["ModelName"]
    arn = aws.arn("model", name.lower())
    if ("PrimaryContainer" in request) == bool(request.get("Containers")):
        raise errors.validation("Give either PrimaryContainer or Containers, and not both.")
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


OPERATIONS = {
    "CreateModel": create_model,
    "DescribeModel": describe_model,
    "ListModels": list_models,
    "DeleteModel": delete_model,
}
