"""`scones executions`: list a pipeline's executions."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from console.executions import identifier, summaries
from console.output import print_rows
from console.target import choose

_OPENING = "Step failure: One or multiple steps failed. "


def add_arguments(parser: ArgumentParser) -> None:
    """`--monitoring` for the checks for drift, `--json` for programs."""
    parser.add_argument("--monitoring", action="store_true", help="those of the pipeline that checks for drift")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: Namespace) -> int:
    """Print them, newest first."""
    target = choose(options.target)
    project = target.project
    pipeline = project.monitoring_pipeline_name if options.monitoring else project.pipeline_name
    rows = [
        {
            "execution": identifier(item["PipelineExecutionArn"]),
            "status": item["PipelineExecutionStatus"],
            "started": item["StartTime"],
            "name": item.get("PipelineExecutionDisplayName"),
            "reason": item.get("PipelineExecutionFailureReason", "").removeprefix(_OPENING),
        }
        for item in summaries(target.client("sagemaker"), pipeline)
    ]
    print_rows(rows, as_json=options.json, empty=f"No executions of {pipeline} yet; start one with `scones run`.")
    return 0
