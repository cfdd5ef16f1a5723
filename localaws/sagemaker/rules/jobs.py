"""Joins of the members of jobs: training (a search's definitions keep them as well), processing, transform, search."""

from __future__ import annotations

from localaws.jobs.data_processing import read_data_processing
from localaws.refusals import Rule, rule
from localaws.sagemaker.rules import lists, resources
from localaws.shapes import Document

_DAY_SECONDS = 24 * 3600
_MOST_DAYS = 28
_LARGEST_VOLUME_GB = 16_384
_WARM_POOLS = "https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html (Considerations)"
_GROUPS = "https://github.com/aws/sagemaker-python-sdk/issues/6089"


@rule("MaxWaitTimeInSeconds is for spot training", "https://github.com/Kenza-AI/sagify/issues/111")
def _wait_needs_spot(request: Document) -> str | None:
    waits = "MaxWaitTimeInSeconds" in request.get("StoppingCondition", {})
    if waits and not request.get("EnableManagedSpotTraining"):
        return "Invalid MaxWaitTimeInSeconds. It is only supported when EnableManagedSpotTraining is set to true"
    return None


@rule("Spot training waits at least as long as it may run", "botocore: StoppingCondition.MaxWaitTimeInSeconds")
def _spot_waits_long_enough(request: Document) -> str | None:
    stopping = request.get("StoppingCondition", {})
    runs = stopping.get("MaxRuntimeInSeconds", _DAY_SECONDS)
    if request.get("EnableManagedSpotTraining") and stopping.get("MaxWaitTimeInSeconds", 0) < runs:
        return "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds"
    return None


@rule("All channels name instance groups that there are, or none does", _GROUPS)
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


@rule(
    "Augmented manifests and compressed channels are piped",
    "botocore: S3DataSource.S3DataType, Channel.CompressionType",
    likely=True,
)
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


@rule(
    "A training job has an instance, a volume that there is, and at most 28 days",
    "botocore: ResourceConfig.InstanceCount, ResourceConfig.VolumeSizeInGB, StoppingCondition.MaxRuntimeInSeconds",
    likely=True,
)
def _within_limits(request: Document) -> str | None:
    stopping, resources = request.get("StoppingCondition", {}), request.get("ResourceConfig", {})
    limits = (
        ("resourceConfig.instanceCount", resources.get("InstanceCount"), 1, None),
        ("resourceConfig.volumeSizeInGB", resources.get("VolumeSizeInGB"), 0, _LARGEST_VOLUME_GB),
        ("stoppingCondition.maxRuntimeInSeconds", stopping.get("MaxRuntimeInSeconds"), 1, _MOST_DAYS * _DAY_SECONDS),
        ("stoppingCondition.maxWaitTimeInSeconds", stopping.get("MaxWaitTimeInSeconds"), 1, _MOST_DAYS * _DAY_SECONDS),
    )
    for path, value, least, most in limits:
        if value is not None and (value < least or (most is not None and value > most)):
            bound = f"greater than or equal to {least}" if value < least else f"less than or equal to {most}"
            return (
                f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: Member must "
                f"have value {bound}"
            )
    return None


TRAINING_RULES = (
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
    _wait_needs_spot,
    _spot_waits_long_enough,
    _grouped_channels,
    _piped_only,
    _within_limits,
    lists.channels_named_once,
    lists.metrics_are_read,
)


_CLUSTER = ("ProcessingResources", "ClusterConfig")


@rule(
    "A type and a count, where there are no preferences",
    "botocore: ProcessingClusterConfig.InstancePreferences",
    likely=True,
)
def _one_kind_of_instance(request: Document) -> str | None:
    cluster = request["ProcessingResources"]["ClusterConfig"]
    if cluster.get("InstancePreferences"):
        return None
    missing = [member for member in ("InstanceType", "InstanceCount") if member not in cluster]
    return f"ClusterConfig needs {' and '.join(missing)}." if missing else None


@rule("Compressed inputs are piped", "botocore: ProcessingS3Input.S3CompressionType", likely=True)
def _compressed_is_piped(request: Document) -> str | None:
    for item in request.get("ProcessingInputs") or []:
        source = item.get("S3Input") or {}
        if source.get("S3CompressionType", "None") != "None" and source.get("S3InputMode", "File") != "Pipe":
            return (
                f"The input {item['InputName']} has the S3CompressionType {source['S3CompressionType']}, which can "
                "only be used with the S3InputMode Pipe."
            )
    return None


@rule(
    "Inputs have a LocalPath unless the application manages them", "botocore: ProcessingS3Input.LocalPath", likely=True
)
def _placed_unless_managed(request: Document) -> str | None:
    for item in request.get("ProcessingInputs") or []:
        source = item.get("S3Input") or item.get("DatasetDefinition") or {}
        if not item.get("AppManaged") and "LocalPath" not in source:
            return f"LocalPath is required for the input {item['InputName']}, as AppManaged is false."
    return None


@rule("The feature store is written by applications", "botocore: ProcessingOutput.FeatureStoreOutput", likely=True)
def _features_are_managed(request: Document) -> str | None:
    for item in request.get("ProcessingOutputConfig", {}).get("Outputs") or []:
        if "FeatureStoreOutput" in item and not item.get("AppManaged"):
            return f"FeatureStoreOutput of the output {item['OutputName']} is only supported with AppManaged."
    return None


PROCESSING_RULES = (
    Rule(
        "VolumeKmsKeyId is refused with instances that have disks of their own",
        "botocore: ProcessingClusterConfig.VolumeKmsKeyId",
        resources.no_key_on_local_storage(*_CLUSTER),
        likely=True,
    ),
    Rule(
        "VolumeSizeInGB is at most what the instance's own disks hold",
        # AWS's own message is empty there.
        "botocore: ProcessingClusterConfig.VolumeSizeInGB; https://github.com/aws/sagemaker-python-sdk/issues/4939",
        resources.volume_fits_local_storage(*_CLUSTER),
    ),
    Rule(
        "InstancePreferences exclude InstanceType, and count once",
        "botocore: ProcessingClusterConfig.InstancePreferences",
        resources.preferences_stand_alone(*_CLUSTER),
        likely=True,
    ),
    Rule(
        "What AWS selected cannot be asked for",
        "botocore: ProcessingClusterConfig.SelectedInstanceType",
        resources.nothing_selected(*_CLUSTER),
        likely=True,
    ),
    _one_kind_of_instance,
    _compressed_is_piped,
    _placed_unless_managed,
    _features_are_managed,
    lists.processing_named_once,
)

# botocore says nothing of local storage at MonitoringClusterConfig; the job that a schedule starts has the rule.
MONITORING_RULES = (
    Rule(
        "VolumeKmsKeyId is refused with instances that have disks of their own",
        "botocore: ProcessingClusterConfig.VolumeKmsKeyId",
        resources.no_key_on_local_storage("MonitoringResources", "ClusterConfig"),
        likely=True,
    ),
)


_MOST_MB = 100


@rule("What is sent at once is at most 100 MB", "botocore: CreateTransformJobRequest.MaxPayloadInMB", likely=True)
def _payloads_fit(request: Document) -> str | None:
    each, together = request.get("MaxPayloadInMB", 6), request.get("MaxConcurrentTransforms", 1)
    if each * together <= _MOST_MB:
        return None
    return (
        f"MaxConcurrentTransforms * MaxPayloadInMB is {each * together} MB; it cannot exceed {_MOST_MB} MB."
        if together > 1
        else f"MaxPayloadInMB is {each}; it cannot be greater than {_MOST_MB}."
    )


@rule(
    "Filters have the operators that AWS reads, and records are CSV or JSON",
    "https://github.com/aws/aws-sdk/issues/184; "
    "https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html",
)
def _records_are_read(request: Document) -> str | None:
    try:
        read_data_processing(request)
    except ValueError as error:
        return str(error)
    return None


TRANSFORM_RULES = (
    Rule(
        "VolumeKmsKeyId is refused with instances that have disks of their own",
        "botocore: TransformResources.VolumeKmsKeyId",
        resources.no_key_on_local_storage("TransformResources"),
        likely=True,
    ),
    _payloads_fit,
    _records_are_read,
)


_RESOURCES = "HyperParameterTuningResourceConfig"
_FLAT = ("InstanceType", "InstanceCount", "VolumeSizeInGB")


@rule(
    "InstanceConfigs exclude a type, a count and a size beside them",
    f"botocore: {_RESOURCES}.InstanceConfigs",
    likely=True,
)
def _one_kind_or_several(definition: Document) -> str | None:
    given = definition.get(_RESOURCES) or {}
    flat = [member for member in _FLAT if member in given]
    if given.get("InstanceConfigs") and flat:
        return f"{', '.join(flat)} cannot be specified together with InstanceConfigs."
    return None


TUNING_RULES = (
    _one_kind_or_several,
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
