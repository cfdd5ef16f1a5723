"""statistics.json of a table.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-statistics.html has the schema; that a standard
deviation is the population's, that counts of buckets are fractions and a bucket holds its lower bound is seen in
https://github.com/aws/sagemaker-python-sdk (tests/data/pipeline/quality_check_step/data_quality/statistics.json).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from localaws.algorithms.model_monitor import sketch
from localaws.algorithms.model_monitor.arrays import Array
from localaws.algorithms.model_monitor.table import NUMBERS, Column, Table

BUCKETS = 10
MOST_CATEGORIES = 120
"""The distinct values up to which Deequ profiles a column's categories (ColumnProfiler.scala)."""


def describe_table(table: Table) -> dict[str, Any]:
    """The whole file."""
    features = [_describe(column) for column in table.columns]
    return {"version": 0.0, "dataset": {"item_count": table.rows}, "features": features}


def _describe(column: Column) -> dict[str, Any]:
    common = {"num_present": len(column.present), "num_missing": len(column.texts) - len(column.present)}
    described = {"name": column.name, "inferred_type": column.type}
    if column.type in NUMBERS:
        return {**described, "numerical_statistics": {"common": common, **_describe_numbers(column.numbers)}}
    return {**described, "string_statistics": {"common": common, **_describe_text(column)}}


def _describe_numbers(values: Array) -> dict[str, Any]:
    return {
        "mean": float(values.mean()),
        "sum": float(values.sum()),
        "std_dev": float(values.std()),
        "min": float(values.min()),
        "max": float(values.max()),
        "distribution": {
            "kll": {
                "buckets": fill_buckets(values),
                "sketch": {
                    "parameters": {"c": sketch.C, "k": float(sketch.K)},
                    "data": sketch.build_sketch(values),
                },
            }
        },
    }


def fill_buckets(values: Array) -> list[dict[str, float]]:
    """Ten buckets of one width from the least to the greatest value, each with its count; the last holds both ends."""
    least, greatest = float(values.min()), float(values.max())
    bounds = [least + (greatest - least) * place / BUCKETS for place in range(BUCKETS)] + [greatest]
    places = np.clip(np.searchsorted(bounds, values, side="right") - 1, 0, BUCKETS - 1)
    counts = np.bincount(places, minlength=BUCKETS)
    return [
        {"lower_bound": lower, "upper_bound": upper, "count": float(count)}
        for lower, upper, count in zip(bounds, bounds[1:], counts, strict=False)
    ]


def _describe_text(column: Column) -> dict[str, Any]:
    counted = column.present.value_counts()
    kept = sorted(counted.items()) if len(counted) <= MOST_CATEGORIES else []
    buckets = [{"value": str(value), "count": int(count)} for value, count in kept]
    return {"distinct_count": float(len(counted)), "distribution": {"categorical": {"buckets": buckets}}}
