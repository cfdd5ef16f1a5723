"""Models and the registry's packages and groups, as all that serves or registers them finds them."""

from __future__ import annotations

from localaws import errors
from localaws.aws import Aws
from localaws.names import bare
from localaws.shapes import Document

MODEL = "model"
PACKAGE = "model-package"
GROUP = "model-package-group"


def find_model(aws: Aws, name: str) -> Document | None:
    """A model by its name."""
    return aws.store.get(MODEL, name)


def get_model(aws: Aws, name: str) -> Document:
    """A model by its name, or the error that AWS answers."""
    document = find_model(aws, name)
    if document is None:
        raise errors.validation(f'Could not find model "{aws.arn("model", name.lower())}".')
    return document


def get_containers(aws: Aws, model: Document) -> list[Document]:
    """The definitions of the containers that serve a model: what their packages say, overlaid with their own."""
    found = [merged for definition in list_containers(model) for merged in merge_package(aws, definition)]
    for container in found:
        if "Image" not in container:
            raise errors.validation(f"The model {model['ModelName']} names no Image; the local AWS needs one.")
    return found


def is_direct(model: Document) -> bool:
    """Whether a model's containers are asked by their host names."""
    mode: str = model.get("InferenceExecutionConfig", {}).get("Mode", "Serial")
    return mode == "Direct"


def list_containers(model: Document) -> list[Document]:
    """The definitions of a model's containers."""
    return [model["PrimaryContainer"]] if "PrimaryContainer" in model else model["Containers"]


def merge_package(aws: Aws, definition: Document) -> list[Document]:
    """A container's definition, or one for each container of the package that it names, overlaid with its own."""
    if "ModelPackageName" not in definition:
        return [definition]
    packaged = get_package(aws, definition["ModelPackageName"])["InferenceSpecification"]["Containers"]
    own = definition.get("Environment", {})
    return [{**item, **definition, "Environment": {**item.get("Environment", {}), **own}} for item in packaged]


def get_package(aws: Aws, name_or_arn: str) -> Document:
    """A model package, or the error that AWS answers; its key in the store is the bare name."""
    arn = name_or_arn if name_or_arn.startswith("arn:") else aws.arn("model-package", name_or_arn)
    document = aws.store.get(PACKAGE, bare(arn))
    if document is None or document["ModelPackageArn"] != arn:
        raise errors.validation(f"ModelPackage {arn} does not exist.")
    return document


def list_versions(aws: Aws, group: str) -> list[Document]:
    """The packages of a group, by its name."""
    return aws.store.all(PACKAGE, f"{group}/")


def get_group(aws: Aws, name_or_arn: str) -> Document:
    """A group, or the error that AWS answers."""
    arn = name_or_arn if name_or_arn.startswith("arn:") else aws.arn("model-package-group", name_or_arn)
    document = aws.store.get(GROUP, bare(arn))
    if document is None or document["ModelPackageGroupArn"] != arn:
        raise errors.validation(f"ModelPackageGroup {arn} does not exist.")
    return document
