"""Joins of CreateTrainingJob's members; a tuning job's definitions keep them as well."""

from __future__ import annotations

from localaws.refusals import Rule
from localaws.sagemaker.rules import resources
from localaws.shapes import Document

_DAY_SECONDS = 24 * 3600
_WARM_POOLS = "https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html (Considerations)"
_GROUPS = "https://github.com/aws/sagemaker-python-sdk/issues/6089"


def _wait_needs_spot(request: Document) -> str | None:
    waits = "MaxWaitTimeInSeconds" in request.get("StoppingCondition", {})
    if waits and not request.get("EnableManagedSpotTraining"):
        return "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true"
    return None


def _spot_waits_long_enough(request: Document) -> str | None:
    stopping = request.get("StoppingCondition", {})
    runs = stopping.get("MaxRuntimeInSeconds", _DAY_SECONDS)
    if request.get("EnableManagedSpotTraining") and stopping.get("MaxWaitTimeInSeconds", 0) < runs:
        return "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds"
    return None


def _grouped_channels(request: Document) -> str | None:
    sources = {
        channel["ChannelName"]: channel["DataSource"].get("S3DataSource", {}).get("InstanceGroupNames") or []
        for channel in request.get("InputDataConfig") or []
    }
    assigned = [name for name, groups in sources.items() if groups]
    others = [name for name, groups in sources.items() if not groups]
    if assigned and others:
        return (
            f"Some channels have assigned instance groups: [{', '.join(assigned)}] while others not: "
            f"[{', '.join(others)}]"
        )
    known = {item["InstanceGroupName"] for item in request.get("ResourceConfig", {}).get("InstanceGroups") or []}
    unknown = sorted({group for groups in sources.values() for group in groups} - known)
    return f"ResourceConfig has no instance groups of the names: [{', '.join(unknown)}]" if unknown else None


def _mode(request: Document, channel: Document) -> str:
    specified: str = request.get("AlgorithmSpecification", {}).get("TrainingInputMode", "File")
    return channel.get("InputMode") or specified


def _piped_only(request: Document) -> str | None:
    for channel in request.get("InputDataConfig") or []:
        mode = _mode(request, channel)
        if mode == "Pipe":
            continue
        kind = channel["DataSource"].get("S3DataSource", {}).get("S3DataType")
        if kind == "AugmentedManifestFile" and mode == "File":
            return f"The channel {channel['ChannelName']} has AugmentedManifestFile, which needs the input mode Pipe."
        if channel.get("CompressionType", "None") != "None":
            return f"The channel {channel['ChannelName']} has a CompressionType, which is for the input mode Pipe only."
    return None


RULES = (
    Rule(
        "VolumeKmsKeyId is refused with instances that have disks of their own, also in groups of nothing else",
        "botocore: ResourceConfig.VolumeKmsKeyId; https://github.com/aws/sagemaker-python-sdk/pull/3870",
        resources.no_key_on_local_storage("ResourceConfig"),
        likely=True,
    ),
    Rule(
        "A type and a count, or groups",
        "https://github.com/aws/sagemaker-python-sdk/pull/5564",
        resources.one_kind_of_cluster,
    ),
    Rule(
        "VolumeSizeInGB is needed where there are no local disks",
        "botocore: ResourceConfig.VolumeSizeInGB",
        resources.volume_without_local_storage,
        likely=True,
    ),
    Rule(
        "InstancePreferences exclude types, groups, placement and spot, and count once",
        "botocore: ResourceConfig.InstancePreferences, InstancePreference.InstanceCount",
        resources.preferences_stand_alone("ResourceConfig"),
        likely=True,
    ),
    Rule(
        "What AWS selected cannot be asked for",
        "botocore: ResourceConfig.SelectedInstanceType",
        resources.nothing_selected("ResourceConfig"),
        likely=True,
    ),
    Rule("Warm pools have neither spot instances nor groups", _WARM_POOLS, resources.warm_pool, likely=True),
    Rule(
        "MaxWaitTimeInSeconds is for spot training",
        "https://github.com/Kenza-AI/sagify/issues/111",
        _wait_needs_spot,
    ),
    Rule(
        "Spot training waits at least as long as it may run",
        "botocore: StoppingCondition.MaxWaitTimeInSeconds",
        _spot_waits_long_enough,
    ),
    Rule("All channels name instance groups that there are, or none does", _GROUPS, _grouped_channels),
    Rule(
        "Augmented manifests and compressed channels are piped",
        "botocore: S3DataSource.S3DataType, Channel.CompressionType",
        _piped_only,
        likely=True,
    ),
)
