"""statistics.json in Model Monitor's schema, and the way back from it.

AWS, "Schema for statistics (statistics.json file)". A feature's `sketch.data` holds the sampled values. They stand in
the same order for every feature, so the sampled rows can be put together again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitoring.refusal import Refusal
from monitoring.sample import ROWS, Moments, Sample

VERSION = 0.0
BUCKETS = 10
Document = dict[str, Any]


def describe(sample: Sample) -> Document:
    """The sample as statistics.json has it."""
    numerical = [_numerical(sample, name) for name in sample.features]
    words = [_string(sample, name) for name in sorted(sample.words)]
    return {"version": VERSION, "dataset": {"item_count": sample.items}, "features": [*numerical, *words]}


class Reference:
    """A baseline's statistics, as a run reads them."""

    def __init__(self, document: Document) -> None:
        try:
            self.items = int(document["dataset"]["item_count"])
            self._features: dict[str, Document] = {feature["name"]: feature for feature in document["features"]}
            self._values = {name: _values(entry) for name, entry in self._features.items() if _is_numerical(entry)}
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise Refusal(f"The baseline's statistics are not in Model Monitor's schema ({error!r}).") from error
        if len({len(values) for values in self._values.values()}) > 1:
            raise Refusal("The baseline's sampled values differ in number between features; make the baseline again.")

    @property
    def features(self) -> tuple[str, ...]:
        """The names of the numerical features."""
        return tuple(self._values)

    def values(self, name: str) -> NDArray[np.float64]:
        """The sampled values of a numerical feature."""
        return self._values[name]

    @property
    def rows(self) -> NDArray[np.float64]:
        """The sampled rows (rows, features)."""
        return np.column_stack(list(self._values.values()))

    def counts(self, name: str) -> dict[str, int]:
        """How often each word of a string feature came."""
        buckets = self._features[name]["string_statistics"]["distribution"]["categorical"]["buckets"]
        return {bucket["value"]: int(bucket["count"]) for bucket in buckets}


def read(path: Path | None) -> Reference:
    """Read the baseline's statistics; raise Refusal where there are none."""
    return Reference(load(path, "statistics"))


def load(path: Path | None, what: str) -> Document:
    """Read one of the baseline's two files."""
    if path is None or not path.is_file():
        raise Refusal(
            f"The baseline's {what} are not there; the job that makes them has not ended or has failed: see the "
            "processing jobs whose name has `baseline`, and approve the version again."
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Refusal(f"The baseline's {what} are no JSON ({error}); make the baseline again.") from error
    if not isinstance(document, dict):
        raise Refusal(f"The baseline's {what} are no JSON object; make the baseline again.")
    return document


def _numerical(sample: Sample, name: str) -> Document:
    moments, values = sample.moments[name], sample.column(name)
    return {
        "name": name,
        "inferred_type": "Fractional",
        "numerical_statistics": {
            "common": {"num_present": moments.count, "num_missing": sample.missing[name]},
            **_moments(moments),
            "distribution": {
                "kll": {
                    "buckets": _buckets(values),
                    "sketch": {"parameters": {"c": 0.64, "k": float(ROWS)}, "data": [_rounded(values)]},
                }
            },
        },
    }


def _moments(moments: Moments) -> Document:
    if not moments.count:
        return {}
    return {
        "mean": moments.mean,
        "sum": moments.mean * moments.count,
        "std_dev": moments.deviation,
        "min": moments.least,
        "max": moments.most,
    }


def _buckets(values: NDArray[np.float64]) -> list[Document]:
    if not len(values):
        return []
    counts, edges = np.histogram(values, BUCKETS)
    return [
        {"lower_bound": float(low), "upper_bound": float(high), "count": float(count)}
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]


def _rounded(values: NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.6g}") for value in values]


def _string(sample: Sample, name: str) -> Document:
    counts = sample.words[name]
    buckets = [{"value": word, "count": count} for word, count in sorted(counts.items())]
    present = sum(counts.values())
    return {
        "name": name,
        "inferred_type": "String",
        "string_statistics": {
            "common": {"num_present": present, "num_missing": sample.items - present},
            "distinct_count": float(len(counts)),
            "distribution": {"categorical": {"buckets": buckets}},
        },
    }


def _is_numerical(feature: Document) -> bool:
    return "numerical_statistics" in feature


def _values(feature: Document) -> NDArray[np.float64]:
    data = feature["numerical_statistics"]["distribution"]["kll"]["sketch"]["data"]
    return np.asarray([value for level in data for value in level], dtype=np.float64)
