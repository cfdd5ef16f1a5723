"""One run of the container: a dataset read, described, and held against a baseline where one is given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.jobs import Refusal
from localaws.algorithms.model_monitor.answers import read_answers
from localaws.algorithms.model_monitor.cloudwatch import write_metrics
from localaws.algorithms.model_monitor.constraints import read_config, suggest_constraints
from localaws.algorithms.model_monitor.datasets import read_table
from localaws.algorithms.model_monitor.metric_constraints import check_metrics, suggest_metric_constraints
from localaws.algorithms.model_monitor.metrics import describe_answers
from localaws.algorithms.model_monitor.request import ModelQuality, Request, read_request
from localaws.algorithms.model_monitor.statistics import describe_table
from localaws.algorithms.model_monitor.table import Table
from localaws.algorithms.model_monitor.violations import check_table

STATISTICS, CONSTRAINTS, VIOLATIONS = "statistics.json", "constraints.json", "constraint_violations.json"


def analyze(variables: Mapping[str, str], root: Path) -> str:
    """Do what the environment asks for in `root`, which is /opt/ml, and answer the exit message. Raises Refusal."""
    _check_instances(root)
    request = read_request(variables)
    constraints = _load(request.constraints)
    names = [str(feature.get("name")) for feature in (constraints or {}).get("features", [])]
    table = read_table(request, names)
    print(f"Read {table.rows} rows of {len(table.columns)} columns.")
    if request.model_quality:
        found = _analyze_answers(request, request.model_quality, table, constraints)
    else:
        found = _analyze_data(request, table, constraints, root)
    if found is None:
        return "Completed: Job completed successfully."
    _write(request.output / VIOLATIONS, {"violations": found})
    for violation in found:
        print(f"{violation['constraint_check_type']}: {violation['description']}")
    if found:
        return f"CompletedWithViolations: Job completed successfully with {len(found)} violations."
    return "Completed: Job completed successfully with no violations."


def _check_instances(root: Path) -> None:
    """Refuse a dataset that is shared out among instances, each of which would describe its share alone."""
    file = root / "config" / "processingjobconfig.json"
    job = _load(file if file.exists() else None) or {}
    sources = [item.get("S3Input") or {} for item in job.get("ProcessingInputs", [])]
    count = job.get("ProcessingResources", {}).get("ClusterConfig", {}).get("InstanceCount", 1)
    if count > 1 and any(source.get("S3DataDistributionType") == "ShardedByS3Key" for source in sources):
        raise Refusal(
            f"The dataset is sharded among {count} instances, and the local AWS's analyzer puts no shares together: "
            "set instance_count to 1, or FullyReplicated."
        )


def _analyze_data(
    request: Request, table: Table, constraints: Mapping[str, Any] | None, root: Path
) -> list[dict[str, str]] | None:
    """Write both files and answer the violations; None without a baseline."""
    _write(request.output / STATISTICS, describe_table(table))
    _write(request.output / CONSTRAINTS, suggest_constraints(table, request.drift_method))
    checked = None if constraints is None else check_table(table, constraints, _load(request.statistics))
    if request.publishes and read_config((constraints or {}).get("monitoring_config") or {}).emits:
        write_metrics(root, table, checked.distances if checked else {}, request.variables)
    return checked.violations if checked else None


def _analyze_answers(
    request: Request, asked: ModelQuality, table: Table, constraints: Mapping[str, Any] | None
) -> list[dict[str, str]] | None:
    if request.format.kind == "capture":
        raise Refusal(
            "The quality of a model over captures needs them merged with their ground truth, which the local AWS does "
            "not do: give a dataset of predictions with labels, as csv or json."
        )
    statistics = describe_answers(asked.problem, read_answers(table, asked))
    _write(request.output / STATISTICS, statistics)
    _write(request.output / CONSTRAINTS, suggest_metric_constraints(asked.problem, statistics))
    return None if constraints is None else check_metrics(asked.problem, statistics, constraints)


def _load(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Refusal(f"The baseline's {path.name} is no JSON ({error}).") from error
    if not isinstance(document, dict):
        raise Refusal(f"The baseline's {path.name} is no object of JSON.")
    return document


def _write(path: Path, document: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2), encoding="utf-8")
