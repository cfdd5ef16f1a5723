"""`scones executions`: list the pipeline's executions."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from console.executions import identifier, summaries
from console.output import print_rows
from console.target import choose

_OPENING = "Step failure: One or multiple steps failed. "


def add_arguments(parser: ArgumentParser) -> None:
    """`--json` for programs."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: Namespace) -> int:
    """Print them, newest first."""
    target = choose(options.target)
    rows = [
        {
            "execution": identifier(item["PipelineExecutionArn"]),
            "status": item["PipelineExecutionStatus"],
            "started": item["StartTime"],
            "name": item.get("PipelineExecutionDisplayName"),
            "reason": item.get("PipelineExecutionFailureReason", "").removeprefix(_OPENING),
        }
        for item in summaries(target.client("sagemaker"), target.project.pipeline_name)
    ]
    print_rows(rows, as_json=options.json, empty="No executions yet; start one with `scones run`.")
    return 0
