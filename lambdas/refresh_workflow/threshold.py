"""The confidence that the workflow asks for: the stack's number, or for `auto` what the live version recommends."""

from refresh_workflow.aws import Client
from refresh_workflow.registry import read_words
from refresh_workflow.settings import Settings

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
