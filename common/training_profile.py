"""The profile that a pipeline trains by, as its definition registers it with each version.

A retraining takes the pipeline as `scones run` or a push updated it last. That is not always the profile of the live
version, so whoever starts one is told both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PROPERTIES = "CustomerMetadataProperties"
PROFILE = "profile"


def find_profile(definition: Mapping[str, Any]) -> str | None:
    """The profile that a definition was made of, whatever branch registers it; None where it names none."""
    return _search(definition.get("Steps", []))


def _search(value: object) -> str | None:
    if isinstance(value, list):
        return next(filter(None, map(_search, value)), None)
    if not isinstance(value, dict):
        return None
    properties = value.get(PROPERTIES)
    profile = properties.get(PROFILE) if isinstance(properties, dict) else None
    return profile if isinstance(profile, str) else next(filter(None, map(_search, value.values())), None)


def describe_profile(definition: Mapping[str, Any], live: Mapping[str, Any] | None) -> str:
    """Say in a sentence which profile a training takes, and that of the live version, which is given as AWS describes
    it; empty where the definition names none."""
    profile = find_profile(definition)
    if profile is None:
        return ""
    theirs = (live or {}).get(PROPERTIES, {}).get(PROFILE)
    sentence = f"A retraining takes the profile of the run or push that updated the pipeline last: {profile}"
    if live is None or theirs is None:
        return f"{sentence}."
    if theirs == profile:
        return f"{sentence}, by which the live version {live['ModelPackageVersion']} was trained as well."
    return (
        f"{sentence}. The live version {live['ModelPackageVersion']} was trained by {theirs}: `scones run --profile "
        f"{theirs}` trains on the same images by that one."
    )
