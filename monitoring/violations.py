"""A violation as constraint_violations.json spells it, and the checks of the data's quality."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from monitoring.baseline_files import Reference
from monitoring.drift import LEAST, Comparison
from monitoring.features import NUMBERS
from monitoring.mmd import NAME, Discrepancy
from monitoring.running_statistics import RunningStatistics

DATA_TYPE, COMPLETENESS, DRIFT = "data_type_check", "completeness_check", "baseline_drift_check"
MISSING, EXTRA, VALUES = "missing_column_check", "extra_column_check", "categorical_values_check"


@dataclass(frozen=True)
class Violation:
    """What is not as in the baseline, in a sentence."""

    feature: str
    check: str
    description: str

    def document(self) -> dict[str, str]:
        return {
            "feature_name": self.feature,
            "constraint_check_type": self.check,
            "description": self.description,
        }


def of_drift(comparisons: list[Comparison], drifted: set[str], mmd: Discrepancy) -> list[Violation]:
    """Each feature that drifted, then all of them taken mmd."""
    found = [Violation(each.name, DRIFT, _told(each)) for each in comparisons if each.name in drifted]
    if mmd.drifted:
        text = (
            f"Taken mmd, {mmd.now:,} captures differ from the baseline's {mmd.then:,} images (maximum "
            f"mean discrepancy {mmd.value:.4f}, p = {mmd.p_value:.2g})."
        )
        found.append(Violation(NAME, DRIFT, text))
    return found


def of_data(reference: Reference, measured: RunningStatistics, counts: Counter[str]) -> list[Violation]:
    """What is missing, cannot be read, or has a size or type that the baseline has not; nothing of a few captures."""
    if measured.rows < LEAST:
        return []
    found = [
        *_missing(reference, measured, "bytes", "image", counts["no_picture"]),
        *_missing(reference, measured, "confidence", "answer", counts["no_answer"]),
        *_unreadable(
            reference, measured, "format", "images are no PNG or JPEG, broken or too large", counts["undecodable"]
        ),
        *_unreadable(reference, measured, "confidence", "answers are no list of probabilities", counts["unreadable"]),
        *_classes(reference, measured, counts),
        *(_sizes(reference, measured, name) for name in ("width", "height")),
        _formats(reference, measured),
    ]
    return [each for each in found if each is not None]


def _told(each: Comparison) -> str:
    what = "the largest gap between shares" if each.name == "prediction" else "Kolmogorov-Smirnov distance"
    index = "" if each.name == "prediction" else f", population stability index {each.stability:.2f} beyond chance"
    return (
        f"{each.name} has drifted: {what} {each.distance:.2f} (p = {each.p_value:.1g}){index}; "
        f"{each.now:,} captures against {each.then:,} images of the baseline."
    )


def _missing(reference: Reference, measured: RunningStatistics, name: str, what: str, missing: int) -> list[Violation]:
    if missing == measured.rows:
        return [
            Violation(name, MISSING, f"No capture holds the {what}: let DataCaptureConfig capture input and output.")
        ]
    asked = reference.thresholds.completeness[name]
    if 1 - missing / measured.rows >= asked:
        return []
    text = f"{missing:,} of {measured.rows:,} captures hold no {what}; at least {asked:.0%} should."
    return [Violation(name, COMPLETENESS, text)]


def _unreadable(
    reference: Reference, measured: RunningStatistics, name: str, what: str, unreadable: int
) -> list[Violation]:
    if unreadable <= reference.thresholds.datatype * measured.rows:
        return []
    text = f"{unreadable:,} of {measured.rows:,} {what}; at most {reference.thresholds.datatype:.0%} may be."
    return [Violation(name, DATA_TYPE, text)]


def _classes(reference: Reference, measured: RunningStatistics, counts: Counter[str]) -> list[Violation]:
    known = len(reference.names)
    return [
        Violation("prediction", check, f"{counts[name]:,} answers name {words} than the baseline's {known} classes.")
        for name, check, words in (("more_classes", EXTRA, "more"), ("fewer_classes", MISSING, "fewer"))
        if counts[name] > reference.thresholds.datatype * measured.rows
    ]


def _sizes(reference: Reference, measured: RunningStatistics, name: str) -> Violation | None:
    allowed = np.unique(reference.column(name))
    column = measured.sample[:, NUMBERS.index(name)]
    values, times = np.unique(column[~np.isnan(column)], return_counts=True)
    others = ~np.isin(values, allowed)
    share = times[others].sum() / max(times.sum(), 1)
    if share <= reference.thresholds.domain:
        return None
    most = values[others][times[others].argmax()]
    text = (
        f"{share:.0%} of the images have a {name} that the baseline has not, most often {most:.0f} pixels, where "
        f"{', '.join(f'{value:.0f}' for value in allowed[:5])} is expected."
    )
    return Violation(name, VALUES, text)


def _formats(reference: Reference, measured: RunningStatistics) -> Violation | None:
    allowed, found = reference.words["format"], measured.words[0]
    others = {name: count for name, count in found.items() if name not in allowed}
    share = sum(others.values()) / max(found.total(), 1)
    if share <= reference.thresholds.domain:
        return None
    text = f"{share:.0%} of the images are {' and '.join(sorted(others))}, where {', '.join(allowed)} is expected."
    return Violation("format", VALUES, text)
