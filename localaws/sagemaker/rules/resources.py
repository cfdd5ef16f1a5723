"""Joins of a job's instances: keys, volumes, groups and warm pools."""

from __future__ import annotations

from localaws.refusals import Broken
from localaws.sagemaker.rules import instances
from localaws.shapes import Document

_REPLACED = ("InstanceType", "InstanceGroups", "InstancePlacementConfig")


def no_key_on_local_storage(*path: str) -> Broken:
    """VolumeKmsKeyId encrypts EBS volumes only; `path` leads to the resources in the request."""

    def broken(request: Document) -> str | None:
        resources = _at(request, path)
        types = instances.types_of(resources)
        if "VolumeKmsKeyId" not in resources or not types or not all(map(instances.has_local_storage, types)):
            return None
        return (
            f"VolumeKmsKeyId can't be requested when using an instance type with local storage: {', '.join(types)}. "
            "Local storage is encrypted by a hardware module on the instance."
        )

    return broken


def volume_fits_local_storage(*path: str) -> Broken:
    """What is asked of an instance with disks of its own cannot be more than they hold."""

    def broken(request: Document) -> str | None:
        resources = _at(request, path)
        for item in [resources, *(resources.get("InstanceConfigs") or [])]:
            has = instances.local_storage_gb(item.get("InstanceType", ""))
            if has is not None and item.get("VolumeSizeInGB", 0) > has:
                return (
                    f"VolumeSizeInGB {item['VolumeSizeInGB']} is greater than the total size of the local instance "
                    f"storage of {item['InstanceType']}, {has} GB."
                )
        return None

    return broken


def volume_without_local_storage(request: Document) -> str | None:
    """An EBS volume has the size that is asked for: there is no default."""
    resources = request.get("ResourceConfig", {})
    lacking = [name for name in instances.types_of(resources) if not instances.has_local_storage(name)]
    if not lacking or resources.get("VolumeSizeInGB") or resources.get("InstancePreferences"):
        return None
    return f"VolumeSizeInGB must be defined in ResourceConfig for instance types without local storage: {lacking[0]}."


def one_kind_of_cluster(request: Document) -> str | None:
    """A cluster is described once: by one type and a count, by groups, or by preferences."""
    resources = request.get("ResourceConfig", {})
    flat = "InstanceType" in resources or "InstanceCount" in resources
    if resources.get("InstanceGroups"):
        return "InstanceType or InstanceCount cannot be specified with InstanceGroups" if flat else None
    if resources.get("InstancePreferences"):
        return None
    missing = [member for member in ("InstanceType", "InstanceCount") if member not in resources]
    return f"ResourceConfig needs {' and '.join(missing)}, or InstanceGroups." if missing else None


def preferences_stand_alone(*path: str) -> Broken:
    """InstancePreferences take the place of what else says which instances a job gets."""

    def broken(request: Document) -> str | None:
        resources = _at(request, path)
        if not resources.get("InstancePreferences"):
            return None
        others: list[str] = [member for member in _REPLACED if member in resources]
        if request.get("EnableManagedSpotTraining"):
            others.append("EnableManagedSpotTraining")
        if others:
            return f"InstancePreferences is mutually exclusive with {', '.join(others)}."
        return _preferences(resources)

    return broken


def _preferences(resources: Document) -> str | None:
    preferences = resources["InstancePreferences"]
    types = [item["InstanceType"] for item in preferences]
    if len(set(types)) < len(types):
        return f"An instance type can appear only once in InstancePreferences; given were {', '.join(types)}."
    counted = [item for item in preferences if "InstanceCount" in item]
    everywhere = len(counted) == len(preferences)
    if (counted and not everywhere) or everywhere == ("InstanceCount" in resources):
        return "InstanceCount must be set on every instance preference or for all of them together, and not on both."
    if "TrainingPlanArn" in resources and any("TrainingPlanArns" in item for item in preferences):
        return "TrainingPlanArns of a preference is mutually exclusive with TrainingPlanArn of ResourceConfig."
    return None


def nothing_selected(*path: str) -> Broken:
    """SelectedInstanceType and SelectedInstanceCount are answers."""

    def broken(request: Document) -> str | None:
        resources = _at(request, path)
        given = [name for name in ("SelectedInstanceType", "SelectedInstanceCount") if name in resources]
        return f"{' and '.join(given)} cannot be specified in a request: read-only." if given else None

    return broken


def warm_pool(request: Document) -> str | None:
    """A warm pool keeps on-demand instances of one kind."""
    if not request.get("ResourceConfig", {}).get("KeepAlivePeriodInSeconds"):
        return None
    if request.get("EnableManagedSpotTraining"):
        return "KeepAlivePeriodInSeconds cannot be used with EnableManagedSpotTraining."
    if request["ResourceConfig"].get("InstanceGroups"):
        return "KeepAlivePeriodInSeconds cannot be used with InstanceGroups."
    return None


def _at(request: Document, path: tuple[str, ...]) -> Document:
    found: Document = request
    for name in path:
        found = found.get(name) or {}
    return found
