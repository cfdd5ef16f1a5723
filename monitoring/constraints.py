"""constraints.json in Model Monitor's schema: what statistics suggest that later captures should keep to."""

from typing import Any

from monitoring.features import NUMBERS, WHOLE, WORDS
from monitoring.running_statistics import RunningStatistics

COMPLETENESS = 0.95
"""One broken image in twenty is no reason to train anew."""
MONITORING = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 0.05,
    "domain_content_threshold": 0.1,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,  # of the population stability index, beyond what chance gives
        "comparison_method": "Robust",
        "categorical_comparison_threshold": 0.1,
        "categorical_drift_method": "ChiSquared",
    },
}


def document(measured: RunningStatistics) -> dict[str, Any]:
    """The whole file."""
    numbers = [_number(measured, place, name) for place, name in enumerate(NUMBERS)]
    words = [_word(measured, place, name) for place, name in enumerate(WORDS)]
    return {"version": 0, "features": numbers + words, "monitoring_config": MONITORING}


def _number(measured: RunningStatistics, place: int, name: str) -> dict[str, Any]:
    present = int(measured.present[place])
    kind = "Integral" if name in WHOLE else "Fractional"
    return {
        "name": name,
        "inferred_type": kind if present else "Unknown",
        "completeness": _completeness(present, measured.rows),
        "num_constraints": {"is_non_negative": bool(measured.least[place] >= 0) if present else True},
    }


def _word(measured: RunningStatistics, place: int, name: str) -> dict[str, Any]:
    counts = measured.words[place]
    return {
        "name": name,
        "inferred_type": "String" if counts else "Unknown",
        "completeness": _completeness(counts.total(), measured.rows),
        "string_constraints": {"domains": sorted(counts)},
    }


def _completeness(present: int, rows: int) -> float:
    return min(COMPLETENESS, present / rows) if rows else 0.0
