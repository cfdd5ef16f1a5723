"""Metrics for CloudWatch: lines of JSON that Model Monitor publishes, or the same data put by the job itself."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common.jobs import Refusal
from monitoring.drift import Comparison
from monitoring.options import Options
from monitoring.storage import client

FOLDER = Path("output/metrics/cloudwatch")
NAMESPACE = "aws/sagemaker/Endpoints/data-metrics"
"""Where Model Monitor publishes, so that alarm and dashboard are the same for both."""


def write(options: Options, comparisons: list[Comparison], violations: int) -> None:
    """Write `drift_violations` for the endpoint, which the alarm sits on, and each feature's distance."""
    folder = options.opt_ml / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    lines = lines_of(options, comparisons, violations)
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (folder / "drift.jsonl").write_text(text, encoding="utf-8")


def put(options: Options, comparisons: list[Comparison], violations: int) -> None:
    """Put the same metrics; raises Refusal where CloudWatch does not take them, as the alarm would hear of nothing."""
    data = lines_of(options, comparisons, violations)
    try:
        client("cloudwatch").put_metric_data(Namespace=NAMESPACE, MetricData=data)
    except (ClientError, BotoCoreError) as error:
        raise Refusal(
            f"CloudWatch did not take the metrics in {NAMESPACE} ({error}): see the job's role and network."
        ) from error


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
            if each.has_enough
        ),
    ]
