"""Metrics for CloudWatch, as the lines of JSON that Model Monitor publishes in the endpoint's name."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitoring.drift import Comparison
from monitoring.options import Options

FOLDER = Path("output/metrics/cloudwatch")


def write(options: Options, comparisons: list[Comparison], violations: int) -> None:
    """Write `drift_violations` for the endpoint, which the alarm sits on, and each feature's distance."""
    folder = options.opt_ml / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    lines = lines_of(options, comparisons, violations)
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (folder / "drift.jsonl").write_text(text, encoding="utf-8")


def lines_of(options: Options, comparisons: list[Comparison], violations: int) -> list[dict[str, Any]]:
    """The lines; of features with too few values there is none."""
    if not options.endpoint:
        return []
    # Now, not the window's end: an alarm looks at the last hour only, and a run may start late or look far back.
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    endpoint = [{"Name": "Endpoint", "Value": options.endpoint}]
    both = [*endpoint, {"Name": "MonitoringSchedule", "Value": options.schedule}] if options.schedule else endpoint
    total = {"MetricName": "drift_violations", "Timestamp": at, "Dimensions": endpoint, "Value": float(violations)}
    return [
        {**total, "Unit": "Count"},
        *(
            {
                "MetricName": f"feature_baseline_drift_{each.name}",
                "Timestamp": at,
                "Dimensions": both,
                "Value": each.distance,
                "Unit": "None",
            }
            for each in comparisons
            if each.judged
        ),
    ]
