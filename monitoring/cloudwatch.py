"""Metrics for CloudWatch, as lines that SageMaker picks up and publishes.

AWS, "CloudWatch metrics for bring your own containers". The count of violations has the endpoint as its only dimension,
so that scheduled and one-time runs feed the same alarm.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from monitoring.contract import Contract

VIOLATIONS = "drift_violations"
Dimensions = dict[str, str]


def publish(contract: Contract, violations: int, drifts: Mapping[str, float]) -> None:
    """Leave the lines where SageMaker looks for them: how many violations, and each feature's drift."""
    folder = contract.root / "output" / "metrics" / "cloudwatch"
    folder.mkdir(parents=True, exist_ok=True)
    endpoint = {"Endpoint": contract.endpoint}
    both = {**endpoint, "MonitoringSchedule": contract.schedule}
    # Now, and not the window's end: CloudWatch holds an alarm against the points of its last period.
    lines = [_line(VIOLATIONS, float(violations), endpoint)]
    lines += [_line(f"feature_baseline_drift_{name}", value, both) for name, value in drifts.items()]
    (folder / "drift.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _line(name: str, value: float, dimensions: Dimensions) -> str:
    return json.dumps(
        {
            "MetricName": name,
            "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions.items()],
            "Value": round(value, 6),
        }
    )
