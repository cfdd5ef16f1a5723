"""Data quality: what is missing, cannot be read, or has the wrong size or type."""

from __future__ import annotations

from collections import Counter

from monitoring.constraints import Constraints
from monitoring.measuring import FORMAT
from monitoring.sample import Sample
from monitoring.violation import Check, Violation

LEAST_ITEMS = 10  # a single broken picture of three is no trend
PROBLEMS: dict[str, tuple[str, Check, str]] = {
    "undecodable": ("picture", "data_type_check", "cannot be decoded"),
    "no picture": ("picture", "completeness_check", "were captured without their input"),
    "unreadable answer": ("answer", "data_type_check", "have an answer that is no list of probabilities"),
    "no answer": ("answer", "completeness_check", "were captured without their answer"),
}


def check(constraints: Constraints, sample: Sample, problems: Counter[str], wrong_size: int) -> list[Violation]:
    """Name what more of the pictures have wrong than the baseline's constraints let pass."""
    if sample.items < LEAST_ITEMS:
        return []
    tolerated = 1 - min(constraints.completeness.values())
    found = []
    for problem, (feature, kind, words) in PROBLEMS.items():
        if problems[problem] > tolerated * sample.items:
            found.append(_violation(feature, kind, problems[problem], sample.items, words))
    if wrong_size > tolerated * sample.items:
        sizes = " and ".join(f"{name} {value:g}" for name, value in constraints.sizes.items())
        found.append(_violation("size", "data_type_check", wrong_size, sample.items, f"do not have {sizes}"))
    odd = {kind: count for kind, count in sample.words.get(FORMAT, {}).items() if kind not in constraints.formats}
    if sum(odd.values()) > tolerated * sample.items:
        words = f"are {', '.join(sorted(odd))}, where the baseline has {', '.join(constraints.formats)}"
        found.append(_violation(FORMAT, "categorical_values_check", sum(odd.values()), sample.items, words))
    return found


def _violation(feature: str, kind: Check, count: int, items: int, words: str) -> Violation:
    return Violation(feature, kind, f"{count} of {items} pictures ({count / items:.1%}) {words}.")
