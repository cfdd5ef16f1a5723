"""The baseline as a run needs it, read from its two files and checked."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from common.jobs import Refusal
from common.monitoring import BASELINE_SCHEMA
from monitoring.features import DRIFTING, NUMBERS, SHAPES, WORDS, Vector

FILES = ("statistics.json", "constraints.json")
SIZE_LIMIT = 64 * 1024 * 1024
_REMEDY = "measure the baseline anew, with this program and without start_time"


@dataclass(frozen=True)
class Thresholds:
    """What constraints.json asks for; a person may have changed it."""

    completeness: dict[str, float]
    datatype: float
    domain: float
    distance: float
    categorical: float


@dataclass(frozen=True)
class Reference:
    """Distributions and samples of the images that the model was tested on."""

    rows: int
    names: list[str]
    side: int
    sample: NDArray[np.float64]
    bounds: dict[str, Vector]
    counts: dict[str, Vector]
    mean: Vector
    deviation: Vector
    words: dict[str, dict[str, int]]
    confusion: dict[str, dict[str, int]]
    thresholds: Thresholds

    def column(self, name: str) -> Vector:
        """The drawn values of a number."""
        values = self.sample[:, NUMBERS.index(name)]
        return values[~np.isnan(values)]


def read(statistics: Path | None, constraints: Path | None) -> Reference:
    """Read both files; raises Refusal where one is missing or was written by another program."""
    measured, asked = _load(statistics, "baseline_statistics"), _load(constraints, "baseline_constraints")
    try:
        _check_schema(measured, statistics)
        return _reference(measured, _thresholds(asked))
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Refusal(f"The baseline {statistics} does not have what a run needs ({error!r}): {_REMEDY}.") from error


def _load(path: Path | None, variable: str) -> dict[str, Any]:
    if path is None:
        raise Refusal(f"The environment has no {variable}, and a run is held against a baseline: {_REMEDY}.")
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise Refusal(f"{path} has more than the {SIZE_LIMIT:,} bytes that a baseline may have: {_REMEDY}.")
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise Refusal(f"{variable} names {path}, which cannot be read ({error.strerror}): {_REMEDY}.") from error
    except (ValueError, RecursionError) as error:
        raise Refusal(f"{variable} names {path}, which is not JSON ({error}): {_REMEDY}.") from error
    if not isinstance(content, dict):
        raise Refusal(f"{variable} names {path}, which holds no JSON object: {_REMEDY}.")
    return content


def _check_schema(measured: dict[str, Any], path: Path | None) -> None:
    """Refuse a baseline that holds other features than this program compares."""
    schema = measured["custom_statistics"].get("schema", 1)
    if schema != BASELINE_SCHEMA:
        raise Refusal(
            f"The baseline {path} has schema {schema!r}, and this program compares schema {BASELINE_SCHEMA}: {_REMEDY}."
        )


def _reference(measured: dict[str, Any], thresholds: Thresholds) -> Reference:
    features = {feature["name"]: feature for feature in measured["features"]}
    custom = measured["custom_statistics"]
    bins = {name: features[name]["custom_statistics"]["bins"] for name in DRIFTING}
    moments = [features[name]["numerical_statistics"] for name in NUMBERS]
    return Reference(
        rows=int(measured["dataset"]["item_count"]),
        names=[str(name) for name in custom["classes"]],
        side=int(custom["side"]),
        sample=_sample(features, custom["shapes"]),
        bounds={name: np.asarray(bins[name]["edges"], dtype=np.float64) for name in DRIFTING},
        counts={name: np.asarray(bins[name]["counts"], dtype=np.float64) for name in DRIFTING},
        mean=np.array([float(each["mean"]) for each in moments]),
        deviation=np.array([float(each["std_dev"]) for each in moments]),
        words={name: _buckets(features[name]) for name in WORDS},
        confusion=custom.get("confusion_matrix", {}),
        thresholds=thresholds,
    )


def _sample(features: dict[str, Any], shapes: list[list[float | None]]) -> NDArray[np.float64]:
    columns = [features[name]["custom_statistics"]["sample"] for name in NUMBERS]
    numbers = np.array(columns, dtype=np.float64).T.reshape(-1, len(NUMBERS))
    return np.hstack([numbers, np.array(shapes, dtype=np.float64).reshape(-1, SHAPES)])


def _buckets(feature: dict[str, Any]) -> dict[str, int]:
    buckets = feature["string_statistics"]["distribution"]["categorical"]["buckets"]
    return {str(bucket["value"]): int(bucket["count"]) for bucket in buckets}


def _thresholds(asked: dict[str, Any]) -> Thresholds:
    config = asked["monitoring_config"]
    distribution = config["distribution_constraints"]
    return Thresholds(
        completeness={feature["name"]: float(feature["completeness"]) for feature in asked["features"]},
        datatype=float(config["datatype_check_threshold"]),
        domain=float(config["domain_content_threshold"]),
        distance=float(distribution["comparison_threshold"]),
        categorical=float(distribution["categorical_comparison_threshold"]),
    )
