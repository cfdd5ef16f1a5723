"""constraints.json: what a picture and an answer must be, from the baseline; people may edit it.

AWS, "Schema for constraints (constraints.json file)". `model_quality` is ours: how often the model was right on its
test pictures, which ground truth is held against.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitoring.measuring import FORMAT, NUMBERS, PREDICTED
from monitoring.refusal import Refusal
from monitoring.sample import Sample
from monitoring.statistics import VERSION, load

COMPLETENESS = 0.98  # so many of the pictures must have a feature
FIXED = ("width", "height")  # what the workflow cuts every picture to
MINIMUM_SAMPLES = 50  # below it nothing is claimed about a distribution
Document = dict[str, Any]


@dataclass(frozen=True)
class Tally:
    """So many right of so many."""

    right: int
    of: int

    @property
    def share(self) -> float:
        """The part that was right."""
        return self.right / self.of if self.of else 0.0


@dataclass(frozen=True)
class Constraints:
    """What a run reads from constraints.json."""

    labels: tuple[str, ...]
    completeness: dict[str, float]
    sizes: dict[str, float]
    formats: tuple[str, ...]
    quality: dict[str, Tally]
    minimum_samples: int

    @property
    def is_enabled(self) -> bool:
        """Whether distributions are compared at all."""
        return self.minimum_samples > 0


def describe(sample: Sample, labels: tuple[str, ...], quality: dict[str, Tally]) -> Document:
    """The constraints that a baseline suggests."""
    numbers = [
        {
            "name": name,
            "inferred_type": "Fractional",
            "completeness": COMPLETENESS,
            "num_constraints": {"is_non_negative": True},
            **({"expected": sample.moments[name].mean} if _is_fixed(sample, name) else {}),
        }
        for name in NUMBERS
    ]
    words = [
        {
            "name": name,
            "inferred_type": "String",
            "completeness": COMPLETENESS,
            "string_constraints": {"domains": list(domains)},
        }
        for name, domains in ((FORMAT, sorted(sample.words[FORMAT])), (PREDICTED, labels))
    ]
    return {
        "version": VERSION,
        "features": [*numbers, *words],
        "monitoring_config": {
            "evaluate_constraints": "Enabled",
            "emit_metrics": "Enabled",
            "datatype_check_threshold": COMPLETENESS,
            "domain_content_threshold": COMPLETENESS,
            "distribution_constraints": {"perform_comparison": "Enabled", "minimum_samples": MINIMUM_SAMPLES},
        },
        "model_quality": {name: {"right": tally.right, "of": tally.of} for name, tally in quality.items()},
    }


def read(path: Path | None) -> Constraints:
    """Read them; raise Refusal for a file that is missing or is not in the schema."""
    document = load(path, "constraints")
    try:
        features = {feature["name"]: feature for feature in document["features"]}
        comparison = document["monitoring_config"]["distribution_constraints"]
        return Constraints(
            labels=tuple(features[PREDICTED]["string_constraints"]["domains"]),
            completeness={name: float(feature["completeness"]) for name, feature in features.items()},
            sizes={name: float(features[name]["expected"]) for name in FIXED if "expected" in features[name]},
            formats=tuple(features[FORMAT]["string_constraints"]["domains"]),
            quality={name: Tally(**tally) for name, tally in document.get("model_quality", {}).items()},
            minimum_samples=comparison["minimum_samples"] if comparison["perform_comparison"] == "Enabled" else 0,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Refusal(f"The baseline's constraints are not in Model Monitor's schema ({error!r}).") from error


def _is_fixed(sample: Sample, name: str) -> bool:
    moments = sample.moments[name]
    return name in FIXED and moments.least == moments.most
