"""`scones trials`: the trainings that a search has launched, best first."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Any

from common.masking import mask_values
from console.executions import find
from console.formats import elapsed
from console.output import print_rows
from console.target import choose


def add_arguments(parser: ArgumentParser) -> None:
    """Which execution; the newest where none is named."""
    parser.add_argument("execution", nargs="?", help="ARN or id (default: the newest)")
    parser.add_argument("--json", action="store_true", help="as a JSON list")


def run(options: Namespace) -> int:
    """Print the trials of a tuned execution."""
    from console.tuning import short, trials

    target = choose(options.target)
    sagemaker = target.client("sagemaker")
    arn = find(sagemaker, (target.project.pipeline_name,), options.execution)
    tell = str if options.json else short
    rows = [_row(trial, tell) for trial in trials(sagemaker, arn)]
    print_rows(rows, as_json=options.json, empty="The execution has no search; `scones run --tune` starts one with it.")
    return 0


def _row(trial: dict[str, Any], tell: Callable[[str], str]) -> dict[str, Any]:
    from console.tuning import accuracy

    started, ended = trial.get("TrainingStartTime"), trial.get("TrainingEndTime")
    return {
        "trial": trial["TrainingJobName"],
        "status": trial["TrainingJobStatus"],
        "validation_accuracy": accuracy(trial),
        "variant": trial.get("TrainingJobDefinitionName"),
        **{name: tell(value) for name, value in sorted(mask_values(trial["TunedHyperParameters"]).items())},
        "seconds": round(elapsed(started, ended)) if started else None,
        "reason": trial.get("FailureReason"),
    }
