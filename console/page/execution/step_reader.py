"""What a step was given and what it made, from the description of its job."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from common.masking import mask_arguments, mask_document, mask_value, mask_values
from console.page.source import Source
from console.page.storage import Size, fetch_size
from console.progress.snapshot import StepView

_SETTLED = ("Completed", "Failed", "Stopped")
_CALLS = {
    "ProcessingJob": ("describe_processing_job", "ProcessingJobName"),
    "TrainingJob": ("describe_training_job", "TrainingJobName"),
    "TransformJob": ("describe_transform_job", "TransformJobName"),
    "RegisterModel": ("describe_model_package", "ModelPackageName"),
}


@dataclass(frozen=True)
class Place:
    """The address of an input or output, and how much is stored there."""

    name: str
    uri: str
    size: Size | None


@dataclass(frozen=True)
class Step:
    """What is shown of one step besides its state."""

    facts: tuple[tuple[str, str], ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    inputs: tuple[Place, ...] = ()
    outputs: tuple[Place, ...] = ()


def fetch_step(source: Source, step: StepView) -> Step:
    """Fetch a step's job and the sizes of its files."""
    kind, described = describe_job(source, step)
    if described is None:
        return Step(facts=tuple(_plain(step.metadata)))
    settled = described.get(f"{kind}Status") in _SETTLED
    return Step(
        facts=tuple(_facts(kind, described)),
        arguments=tuple(_arguments(described)),
        inputs=tuple(_measured(source, _inputs(described), settled)),
        outputs=tuple(_measured(source, list_outputs(described), settled)),
    )


def describe_job(source: Source, step: StepView) -> tuple[str, dict[str, Any] | None]:
    """The kind of a step's job and AWS's description of it; None for a step without a job."""
    for kind in _CALLS:
        if kind in step.metadata:
            return kind, _described(source, kind, step.metadata[kind]["Arn"])
    return "", None


def _described(source: Source, kind: str, arn: str) -> dict[str, Any]:
    call, member = _CALLS[kind]
    name = arn if kind == "RegisterModel" else arn.rsplit("/", 1)[1]

    def fetch() -> dict[str, Any]:
        answer: dict[str, Any] = getattr(source.client("sagemaker"), call)(**{member: name})
        return answer

    return source.once(("job", arn), fetch, lambda answer: answer.get(f"{kind}Status") in _SETTLED)


def list_outputs(described: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The names and addresses of what a job makes."""
    for output in described.get("ProcessingOutputConfig", {}).get("Outputs", []):
        yield output["OutputName"], output.get("S3Output", {}).get("S3Uri", "")
    if "ModelArtifacts" in described:
        yield "model", described["ModelArtifacts"]["S3ModelArtifacts"]
    if "TransformOutput" in described:
        yield "predictions", described["TransformOutput"]["S3OutputPath"]


def _inputs(described: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for given in described.get("ProcessingInputs", []):
        yield given["InputName"], given.get("S3Input", {}).get("S3Uri", "")
    for channel in described.get("InputDataConfig", []):
        yield channel["ChannelName"], channel["DataSource"].get("S3DataSource", {}).get("S3Uri", "")
    for container in described.get("InferenceSpecification", {}).get("Containers", []):
        yield "model", container.get("ModelDataUrl", "")


def _measured(source: Source, places: Iterator[tuple[str, str]], settled: bool) -> Iterator[Place]:
    for name, uri in places:
        size = None
        if uri.startswith("s3://"):
            size = source.once(("size", uri), lambda uri=uri: fetch_size(source, uri), lambda _: settled)  # type: ignore[misc]
        yield Place(name, uri, size)


def _facts(kind: str, described: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Job", described.get(f"{kind}Name", "")
    yield "Version", str(described.get("ModelPackageVersion", ""))
    specification = described.get("AppSpecification", {}) | described.get("AlgorithmSpecification", {})
    yield "Image", specification.get("ImageUri", "") or specification.get("TrainingImage", "")
    cluster = described.get("ResourceConfig") or described.get("ProcessingResources", {}).get("ClusterConfig", {})
    if cluster.get("InstanceType"):
        yield "Instances", f"{cluster.get('InstanceCount', 1)} x {cluster['InstanceType']}"
    if "BillableTimeInSeconds" in described:
        yield "Billed", f"{described['BillableTimeInSeconds']} s"
    yield "Role", described.get("RoleArn", "").rsplit("/", 1)[-1]
    yield "Message", described.get("ExitMessage", "")


def _arguments(described: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from mask_arguments(described.get("AppSpecification", {}).get("ContainerArguments", []))
    for member in ("HyperParameters", "Environment"):
        yield from sorted(mask_values(described.get(member, {})).items())


def _plain(metadata: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in metadata.items():
        # A Fail step's message is shown as the reason.
        if name == "Fail":
            continue
        yield name, mask_value(name, value) if isinstance(value, str) else json.dumps(mask_document(value, name))
