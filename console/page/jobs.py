"""The jobs of steps, as AWS describes them; one that has settled is described once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from console.page.source import Source

SETTLED = ("Completed", "Failed", "Stopped")
_CALLS = {
    "ProcessingJob": ("describe_processing_job", "ProcessingJobName"),
    "TrainingJob": ("describe_training_job", "TrainingJobName"),
    "TransformJob": ("describe_transform_job", "TransformJobName"),
    "RegisterModel": ("describe_model_package", "ModelPackageName"),
}


def fetch_job(source: Source, metadata: Mapping[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """The kind of a step's job and AWS's description of it; None for a step without a job."""
    for kind in _CALLS:
        if kind in metadata:
            return kind, _described(source, kind, metadata[kind]["Arn"])
    return "", None


def _described(source: Source, kind: str, arn: str) -> dict[str, Any]:
    call, member = _CALLS[kind]
    name = arn if kind == "RegisterModel" else arn.rsplit("/", 1)[1]

    def fetch() -> dict[str, Any]:
        answer: dict[str, Any] = getattr(source.client("sagemaker"), call)(**{member: name})
        return answer

    return source.once(("job", arn), fetch, lambda answer: answer.get(f"{kind}Status") in SETTLED)


def list_outputs(described: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The names and addresses of what a job makes."""
    for output in described.get("ProcessingOutputConfig", {}).get("Outputs", []):
        yield output["OutputName"], output.get("S3Output", {}).get("S3Uri", "")
    if "ModelArtifacts" in described:
        yield "model", described["ModelArtifacts"]["S3ModelArtifacts"]
    if "TransformOutput" in described:
        yield "predictions", described["TransformOutput"]["S3OutputPath"]
