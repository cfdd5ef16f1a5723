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


def get_container(aws: Aws, model: Document) -> Document:
    """The definition of the one container that serves a model: what its package says, overlaid with its own."""
    definitions = list_containers(model)
    if len(definitions) > 1:
        raise errors.validation(
            f"The model {model['ModelName']} has {len(definitions)} containers; the local AWS serves models with one."
        )
    return merge_package(aws, definitions[0])


def list_containers(model: Document) -> list[Document]:
    """The definitions of a model's containers."""
    return [model["PrimaryContainer"]] if "PrimaryContainer" in model else model["Containers"]


def merge_package(aws: Aws, definition: Document) -> Document:
    """A container's definition with what the package that it names says."""
    if "ModelPackageName" not in definition:
        return definition
    packaged = get_package(aws, definition["ModelPackageName"])["InferenceSpecification"]["Containers"][0]
    environment = packaged.get("Environment", {}) | definition.get("Environment", {})
    return {**packaged, **definition, "Environment": environment}


def get_package(aws: Aws, name_or_arn: str) -> Document:
    """A model package, or the error that AWS answers; its key in the store is the bare name."""
    document = aws.store.get(PACKAGE, bare(name_or_arn))
    if document is None:
        raise errors.validation(f"ModelPackage {aws.arn('model-package', bare(name_or_arn))} does not exist.")
    return document


def list_versions(aws: Aws, group: str) -> list[Document]:
    """The packages of a group, by its name."""
    return aws.store.all(PACKAGE, f"{group}/")


def get_group(aws: Aws, name_or_arn: str) -> Document:
    """A group, or the error that AWS answers."""
    document = aws.store.get(GROUP, bare(name_or_arn))
    if document is None:
        raise errors.validation(
            f"ModelPackageGroup {aws.arn('model-package-group', bare(name_or_arn))} does not exist."
        )
    return document
