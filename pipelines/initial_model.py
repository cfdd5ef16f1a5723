"""The artifact that a training starts from, by the algorithm's channel `model`: a registered version, or kept weights.

AWS takes only an artifact of the same net there: number of layers, image shape and classes. What can be known before
the start is refused before it, as the job would fail after the images were prepared and a machine was paid for.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from common.aws_errors import is_missing
from common.data_version import find_newest, list_objects
from common.live_model import find_live_version, locate_artifact
from pipelines.clients import Client
from pipelines.data import list_at
from pipelines.errors import PipelineError
from pipelines.hyperparameters import HYPERPARAMETERS, Value
from pipelines.parameters import MODEL_URI
from pipelines.profiles import PROFILES, Profile
from pipelines.settings import Settings
from pipelines.weights import net_name, net_of

LIVE = "live"
FOLDER = "pretrained"


@dataclass(frozen=True)
class InitialModel:
    """Where an artifact lies, and what a version that started from it says of it."""

    uri: str
    name: str


def find_initial_model(
    s3: Client,
    sagemaker: Client,
    settings: Settings,
    profile: Profile,
    overrides: Mapping[str, str],
    version: str | None,
) -> InitialModel | None:
    """Return what to start from, or None for a net that starts from nothing."""
    if version is None and not profile.starts_from_weights:
        return None
    net = chosen_net(profile, overrides)
    if version is None and MODEL_URI in overrides:
        return InitialModel(overrides[MODEL_URI], overrides[MODEL_URI])
    if version is None:
        return _kept_weights(s3, settings, profile, net)
    _refuse_two_starts(profile, overrides)
    return _registered(s3, sagemaker, settings, net, version)


def chosen_net(profile: Profile, overrides: Mapping[str, str]) -> tuple[int, str]:
    """Return the net that a run trains; raise PipelineError for a depth that is no number."""
    try:
        return net_of(choose_hyperparameters(profile, overrides))
    except ValueError:
        raise PipelineError(f"NumLayers is {overrides.get('NumLayers')!r}; it must be a whole number.") from None


def choose_hyperparameters(profile: Profile, overrides: Mapping[str, str]) -> dict[str, Value]:
    """Return the profile's hyperparameters with what a person sets in their place."""
    return {
        name: overrides.get(HYPERPARAMETERS[name].parameter, value) for name, value in profile.hyperparameters.items()
    }


def weights_prefix(net: tuple[int, str]) -> str:
    """Return the key prefix under which weights for a net lie, one folder a digest."""
    return f"{FOLDER}/{net_name(*net)}/"


def _kept_weights(s3: Client, settings: Settings, profile: Profile, net: tuple[int, str]) -> InitialModel:
    newest = find_newest(list_objects(s3, settings.bucket, weights_prefix(net)))
    if newest is None:
        raise PipelineError(
            f"The profile {profile.name} starts from weights for {_describe(net)}, and none lie under "
            f"s3://{settings.bucket}/{weights_prefix(net)}; "
            f"make them with `scones pretrain --profile {profile.name}` and the same --set as here, and start with "
            "`scones run`, which uploads them."
        )
    digest = newest.key.split("/")[-2]
    return InitialModel(f"s3://{settings.bucket}/{newest.key}", f"weights {net_name(*net)} {digest}")


def _refuse_two_starts(profile: Profile, overrides: Mapping[str, str]) -> None:
    if MODEL_URI in overrides:
        raise PipelineError(f"A version to start from and {MODEL_URI} were both given; give one of them.")
    if str(choose_hyperparameters(profile, overrides).get("use_pretrained_model", 0)) == "1":
        raise PipelineError(
            f"The profile {profile.name} starts from the algorithm's own weights, and a version to start from was "
            "given; set UsePretrainedModel=0, or leave the version away."
        )


def _registered(s3: Client, sagemaker: Client, settings: Settings, net: tuple[int, str], version: str) -> InitialModel:
    package = _describe_version(sagemaker, settings, version)
    number = package["ModelPackageVersion"]
    theirs = _net_of_version(package)
    if theirs != net:
        raise PipelineError(
            f"Version {number} has {_describe(theirs)}, and this run has {_describe(net)}; incremental training needs "
            "the same net, so choose a profile or a version that fits."
        )
    uri = locate_artifact(s3, settings.bucket, package)
    if not list_at(s3, uri):
        raise PipelineError(f"The artifact of version {number} is gone from {uri}; choose a later version.")
    return InitialModel(uri, f"version {number}")


def _describe_version(sagemaker: Client, settings: Settings, version: str) -> dict[str, Any]:
    """Describe a version by its number, or the live one."""
    if version == LIVE:
        live = find_live_version(sagemaker, settings.model_package_group)
        if live is None:
            raise PipelineError("No version is approved, so none is live; name a version by its number.")
        return live
    known = {str(entry["ModelPackageVersion"]): entry for entry in _versions(sagemaker, settings)}
    if version not in known:
        there = ", ".join(sorted(known, key=int)) or "none"
        raise PipelineError(f"There is no version {version!r} in the registry; it has {there}, or say {LIVE}.")
    return dict(sagemaker.describe_model_package(ModelPackageName=known[version]["ModelPackageArn"]))


def _versions(sagemaker: Client, settings: Settings) -> list[dict[str, Any]]:
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=settings.model_package_group)
    try:
        return [entry for page in pages for entry in page["ModelPackageSummaryList"]]
    except ClientError as error:
        # A group that nothing was registered in yet may not be there at all.
        if is_missing(error):
            return []
        raise


def _net_of_version(package: Mapping[str, Any]) -> tuple[int, str]:
    """Read the net from what was recorded; versions from before `num_layers` was have their profile's."""
    words = package.get("CustomerMetadataProperties", {})
    profile = PROFILES.get(words.get("profile", ""))
    recorded = dict(profile.hyperparameters) if profile else {}
    if "num_layers" in words:
        recorded["num_layers"] = words["num_layers"]
    container = package["InferenceSpecification"]["Containers"][0]
    try:
        _, *shape = json.loads(container["ModelInput"]["DataInputConfig"])["data"]
        recorded["image_shape"] = ",".join(str(side) for side in shape)
    except (LookupError, ValueError, TypeError):
        pass
    return net_of(recorded)


def _describe(net: tuple[int, str]) -> str:
    return f"{net[0]} layers and the image shape {net[1]}"
