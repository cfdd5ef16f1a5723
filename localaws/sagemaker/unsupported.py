"""Members that AWS acts on and the local AWS would silently drop: a request that has one is refused in a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from localaws import errors
from localaws.shapes import Document

# Operation: members by their paths (a list's items are looked at one by one), with the values that ask for nothing.
_NOTHING: tuple[object, ...] = (None, False, "None", [], {})
_MEMBERS: Mapping[str, Mapping[str, tuple[object, ...]]] = {
    "CreateTrainingJob": {
        "AlgorithmSpecification.TrainingInputMode": ("File", "FastFile"),
        "InputDataConfig.InputMode": ("File", "FastFile"),
        "ResourceConfig.InstanceGroups": (),
        "ResourceConfig.InstancePreferences": (),
        "ResourceConfig.TrainingPlanArn": (),
        "ResourceConfig.InstancePlacementConfig": (),
        "ServerlessJobConfig": (),
    },
    "CreateProcessingJob": {
        "ProcessingInputs.S3Input.S3InputMode": ("File",),
        "ProcessingOutputConfig.Outputs.FeatureStoreOutput": (),
        "ProcessingResources.ClusterConfig.InstancePreferences": (),
    },
    "CreateTransformJob": {
        "BatchStrategy": ("SingleRecord",),
        "TransformInput.SplitType": (),
        "TransformInput.CompressionType": (),
        "TransformOutput.AssembleWith": (),
        "DataProcessing.InputFilter": ("$",),
        "DataProcessing.OutputFilter": ("$",),
        "DataProcessing.JoinSource": (),
        "DataCaptureConfig": (),
    },
    "CreateModel": {
        "PrimaryContainer.Mode": ("SingleModel",),
        "PrimaryContainer.ModelDataSource": (),
        "PrimaryContainer.AdditionalModelDataSources": (),
        "PrimaryContainer.InferenceSpecificationName": (),
        "Containers.Mode": ("SingleModel",),
        "Containers.ModelDataSource": (),
        "Containers.AdditionalModelDataSources": (),
        "Containers.InferenceSpecificationName": (),
    },
    "CreateEndpointConfig": {
        "ProductionVariants.ServerlessConfig": (),
        "ProductionVariants.InstancePools": (),
        "ProductionVariants.RoutingConfig.PrefixAwareRoutingConfig": (),
        "ShadowProductionVariants": (),
        "AsyncInferenceConfig": (),
        "ExplainerConfig": (),
    },
    "CreateModelPackage": {
        "ValidationSpecification": (),
        "InferenceSpecification.Containers.ModelDataSource": (),
    },
}


def refuse(operation: str, request: Document) -> None:
    """Raise an error that names the members that the local AWS does not act on, and what it takes instead."""
    for path, allowed in _MEMBERS[operation].items():
        for value in _values(request, path.split(".")):
            if value not in (*_NOTHING, *allowed):
                given = f" {value}" if isinstance(value, str) else ""
                instead = f"give {' or '.join(map(str, allowed))}" if allowed else "leave it out"
                raise errors.validation(f"The local AWS does not emulate {path}{given}; {instead}.")


def _values(document: Any, names: list[str]) -> Iterator[Any]:  # noqa: ANN401 - JSON of any type
    if isinstance(document, list) and names:
        for item in document:
            yield from _values(item, names)
    elif not names:
        yield document
    elif isinstance(document, dict) and names[0] in document:
        yield from _values(document[names[0]], names[1:])
