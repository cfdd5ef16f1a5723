"""Joins of CreateTransformJob's members."""

from __future__ import annotations

from localaws.refusals import Rule
from localaws.sagemaker.rules import resources
from localaws.shapes import Document

_MOST_MB = 100


def _payloads_fit(request: Document) -> str | None:
    each, together = request.get("MaxPayloadInMB", 6), request.get("MaxConcurrentTransforms", 1)
    if each * together <= _MOST_MB:
        return None
    return (
        f"MaxConcurrentTransforms * MaxPayloadInMB is {each * together} MB; it cannot exceed {_MOST_MB} MB."
        if together > 1
        else f"MaxPayloadInMB is {each}; it cannot be greater than {_MOST_MB}."
    )


RULES = (
    Rule(
        "VolumeKmsKeyId is refused with instances that have disks of their own",
        "botocore: TransformResources.VolumeKmsKeyId",
        resources.no_key_on_local_storage("TransformResources"),
        likely=True,
    ),
    Rule(
        "What is sent at once is at most 100 MB",
        "botocore: CreateTransformJobRequest.MaxPayloadInMB",
        _payloads_fit,
        likely=True,
    ),
)
