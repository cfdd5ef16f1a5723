"""Why the pipeline's gate will refuse the model, in words that its failure can carry."""

from typing import Any


def decide(accuracy: float, threshold: float | None, comparison: dict[str, Any], level: float) -> dict[str, str]:
    """The section `gate`: both conditions with their figures, the failed ones only where any failed."""
    failed = [*_accuracy(accuracy, threshold), *_comparison(comparison, level)]
    if not failed:
        return {"outcome": "passed", "sentence": "The model passes both conditions of the gate"}
    return {"outcome": "refused", "sentence": "; ".join(failed)}


def _accuracy(accuracy: float, threshold: float | None) -> list[str]:
    if threshold is None or accuracy >= threshold:
        return []
    return [f"The accuracy on the test images is {accuracy:.4f}, below the AccuracyThreshold of {threshold}"]


def _comparison(comparison: dict[str, Any], level: float) -> list[str]:
    if comparison["p_value"] >= level:
        return []
    accuracy, apart = comparison["accuracy"], comparison["discordant"]
    return [
        f"The model is worse than the live version {comparison['live_model_uri']}: {accuracy['new']:.4f} of the test "
        f"images are predicted correctly instead of {accuracy['live']:.4f}, {apart['only_live_right']} are lost and "
        f"{apart['only_new_right']} gained, and the p-value of {comparison['p_value']:.2g} is below the "
        f"PairedGateLevel of {level}"
    ]
