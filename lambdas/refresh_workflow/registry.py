"""What the registry says of a version: the words that the pipeline recorded with it, and which images its net takes."""

import json
from typing import Any

from refresh_workflow.aws import Client
from refresh_workflow.errors import RefreshError
from refresh_workflow.settings import Settings

EXAMPLE = '{"data":[1,3,28,28]}'


def read_package(sagemaker: Client, group: str, version: str) -> dict[str, Any]:
    """Describe a version; empty for one that is not there."""
    pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName=group)
    for page in pages:
        for summary in page["ModelPackageSummaryList"]:
            if str(summary["ModelPackageVersion"]) == version:
                found: dict[str, Any] = sagemaker.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
                return found
    return {}


def read_words(sagemaker: Client, group: str, version: str) -> dict[str, str]:
    """Read a version's metadata; empty for a version that is not there, or of another origin."""
    words: dict[str, str] = read_package(sagemaker, group, version).get("CustomerMetadataProperties", {})
    return words


def read_image_size(sagemaker: Client, group: str, version: str) -> int:
    """Read the side in pixels of the square images that a version takes, from its `DataInputConfig`.

    Raises RefreshError for a version that does not say it: images of another size would be answered, and wrongly.
    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ModelInput.html
    """
    containers = read_package(sagemaker, group, version).get("InferenceSpecification", {}).get("Containers") or [{}]
    given = containers[0].get("ModelInput", {}).get("DataInputConfig")
    try:
        _, channels, height, width = (int(number) for number in json.loads(given or "null")["data"])
    except (ValueError, LookupError, TypeError):
        channels, height, width = 0, 0, 0
    if channels != 3 or height != width or height < 1:
        raise RefreshError(
            f"Version {version} of {group} has the DataInputConfig {given!r}, where three channels of square images "
            f"such as {EXAMPLE} are needed: register it with one, or approve another version."
        )
    return height


RECOMMENDED = "recommended_confidence_threshold"
FALLBACK = 0.8
"""For a version that recommends none: one of another origin, or of older code."""


def choose_threshold(sagemaker: Client, settings: Settings, version: str) -> float:
    """Return a number from 0 to 1; the registry is asked only where the stack leaves the choice to the version."""
    if settings.confidence_threshold is not None:
        return settings.confidence_threshold
    word = read_words(sagemaker, settings.model_package_group, version).get(RECOMMENDED, "")
    try:
        found = float(word)
    except ValueError:
        return FALLBACK
    return found if 0 <= found <= 1 else FALLBACK
