"""Joins of a tuning job's training job definitions that training jobs do not have."""

from __future__ import annotations

from localaws.refusals import Rule
from localaws.sagemaker.rules import resources
from localaws.shapes import Document

_RESOURCES = "HyperParameterTuningResourceConfig"
_FLAT = ("InstanceType", "InstanceCount", "VolumeSizeInGB")


def _one_kind_or_several(definition: Document) -> str | None:
    given = definition.get(_RESOURCES) or {}
    flat = [member for member in _FLAT if member in given]
    if given.get("InstanceConfigs") and flat:
        return f"{', '.join(flat)} cannot be specified together with InstanceConfigs."
    return None


RULES = (
    Rule(
        "InstanceConfigs exclude a type, a count and a size beside them",
        f"botocore: {_RESOURCES}.InstanceConfigs",
        _one_kind_or_several,
        likely=True,
    ),
    Rule(
        "VolumeKmsKeyId is refused with instances that have disks of their own",
        f"botocore: {_RESOURCES}.VolumeKmsKeyId",
        resources.no_key_on_local_storage(_RESOURCES),
        likely=True,
    ),
    Rule(
        "VolumeSizeInGB is at most what the instance's own disks hold",
        f"botocore: {_RESOURCES}.VolumeSizeInGB",
        resources.volume_fits_local_storage(_RESOURCES),
        likely=True,
    ),
)
