"""Joins of CreateProcessingJob's members, and of the cluster of a monitoring schedule, which runs such jobs."""

from __future__ import annotations

from localaws.refusals import Rule
from localaws.sagemaker.rules import resources
from localaws.shapes import Document

_CLUSTER = ("ProcessingResources", "ClusterConfig")


def _one_kind_of_instance(request: Document) -> str | None:
    cluster = request["ProcessingResources"]["ClusterConfig"]
    if cluster.get("InstancePreferences"):
        return None
    missing = [member for member in ("InstanceType", "InstanceCount") if member not in cluster]
    return f"ClusterConfig needs {' and '.join(missing)}." if missing else None


def _compressed_is_piped(request: Document) -> str | None:
    for item in request.get("ProcessingInputs") or []:
        source = item.get("S3Input") or {}
        if source.get("S3CompressionType", "None") != "None" and source.get("S3InputMode", "File") != "Pipe":
            return (
                f"The input {item['InputName']} has the S3CompressionType {source['S3CompressionType']}, which can "
                "only be used with the S3InputMode Pipe."
            )
    return None


def _placed_unless_managed(request: Document) -> str | None:
    for item in request.get("ProcessingInputs") or []:
        source = item.get("S3Input") or item.get("DatasetDefinition") or {}
        if not item.get("AppManaged") and "LocalPath" not in source:
            return f"LocalPath is required for the input {item['InputName']}, as AppManaged is false."
    return None


def _features_are_managed(request: Document) -> str | None:
    for item in request.get("ProcessingOutputConfig", {}).get("Outputs") or []:
        if "FeatureStoreOutput" in item and not item.get("AppManaged"):
            return f"FeatureStoreOutput of the output {item['OutputName']} is only supported with AppManaged."
    return None


RULES = (
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
    Rule(
        "A type and a count, where there are no preferences",
        "botocore: ProcessingClusterConfig.InstancePreferences",
        _one_kind_of_instance,
        likely=True,
    ),
    Rule(
        "Compressed inputs are piped",
        "botocore: ProcessingS3Input.S3CompressionType",
        _compressed_is_piped,
        likely=True,
    ),
    Rule(
        "Inputs have a LocalPath unless the application manages them",
        "botocore: ProcessingS3Input.LocalPath",
        _placed_unless_managed,
        likely=True,
    ),
    Rule(
        "The feature store is written by applications",
        "botocore: ProcessingOutput.FeatureStoreOutput",
        _features_are_managed,
        likely=True,
    ),
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
