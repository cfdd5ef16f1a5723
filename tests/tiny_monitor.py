"""A container for Model Monitor that says what it was given: the smallest program that keeps its contract."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path


def main() -> None:
    """Count the captured lines, report them, and end as MODE says."""
    given = dict(os.environ)
    mode, root = given["MODE"], Path(given["OPT_ML"])
    print(f"monitoring {given['sagemaker_endpoint_name']}", flush=True)
    if mode == "slow":
        time.sleep(60)
    source = Path(given["dataset_source"])
    files = sorted(source.rglob("*.jsonl"))
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    report = {
        "environment": given,
        "folders": sorted({str(file.parent.relative_to(source)) for file in files}),
        "answers": [line["captureData"]["endpointOutput"]["data"] for line in lines],
        "baseline": Path(given["baseline_statistics"]).read_text(),
    }
    (Path(given["output_path"]) / "report.json").write_text(json.dumps(report))
    if mode == "broken":
        (root / "output" / "message").write_text("The baseline has no features.")
        raise SystemExit(1)
    metrics = root / "output" / "metrics" / "cloudwatch"
    metrics.mkdir(parents=True)
    violations = 3 if mode == "violations" else 0
    (metrics / "drift.jsonl").write_text(
        f"no metric\n{json.dumps(_metric(given['sagemaker_endpoint_name'], violations))}\n"
    )
    if violations:
        (root / "output" / "message").write_text(f"CompletedWithViolations: {violations} features have drifted.")


def _metric(endpoint: str, violations: int) -> dict[str, object]:
    return {
        "MetricName": "drift_violations",
        "Timestamp": datetime.now(UTC).isoformat(),
        "Dimensions": [{"Name": "Endpoint", "Value": endpoint}],
        "Value": violations,
    }


if __name__ == "__main__":
    main()
