"""`scones executions`, `watch`, `logs`, `trials`, `stop` and `retry`: the executions of the pipelines."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from common.masking import mask_values
from console import executions
from console.commands import Command, add_execution, add_json, parse_limit
from console.commands.run import print_watching
from console.errors import CommandError
from console.executions import OPENING, fetch_steps, identifier, list_summaries
from console.formats import duration, elapsed
from console.output import print_rows, say
from console.target import Target, choose

_SHOWN = 25
_ENDPOINT = "endpoint"
"""What `scones logs` is given in the place of an execution."""


def _choose(options: Namespace) -> tuple[Target, str]:
    target = choose(options.target)
    return target, executions.get_arn(target.client("sagemaker"), target.project.pipeline_names, options.execution)


def _follow(target: Target, arn: str) -> int:
    from console.progress.follow import follow

    return follow(target.client, arn)


def list_executions(options: Namespace) -> int:
    """Print a pipeline's executions, newest first."""
    target = choose(options.target)
    project = target.project
    pipeline = project.monitoring_pipeline_name if options.monitoring else project.pipeline_name
    summaries = list_summaries(target.client("sagemaker"), pipeline)
    shown = summaries[: options.limit or None]
    rows = _list_rows(target, shown)
    if not options.json:
        rows = [_shorten(row, monitoring=options.monitoring) for row in rows]
    how = "scones monitor --now" if options.monitoring else "scones run"
    print_rows(rows, as_json=options.json, empty=f"No executions of {pipeline} yet; start one with `{how}`.")
    if len(shown) < len(summaries):
        sys.stderr.write(f"The newest {len(shown)} of {len(summaries)}; --limit 0 lists all.\n")
    return 0


def _list_rows(target: Target, summaries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All that is known of each execution, as programs get it."""
    from console.results import fetch_results

    results = fetch_results(target, [item["PipelineExecutionArn"] for item in summaries])
    return [
        {
            "id": identifier(item["PipelineExecutionArn"]),
            "status": item["PipelineExecutionStatus"],
            "started": item["StartTime"],
            "ended": result.end,
            "duration_seconds": round(result.seconds, 1),
            "profile": result.profile,
            "accuracy": result.accuracy,
            "version": result.version,
            "trigger": result.trigger,
            "started_by": result.started_by,
            "start_reason": result.start_reason,
            "name": item.get("PipelineExecutionDisplayName"),
            "reason": item.get("PipelineExecutionFailureReason", "").removeprefix(OPENING) or None,
            "arn": item["PipelineExecutionArn"],
        }
        for item, result in zip(summaries, results, strict=True)
    ]


def _shorten(row: dict[str, Any], *, monitoring: bool) -> dict[str, Any]:
    """The columns for people; a check for drift trains and registers nothing, and its name says who started it."""
    timing = {"id": row["id"], "status": row["status"], "started": row["started"]}
    timing["duration"] = duration(row["duration_seconds"])
    if monitoring:
        return {**timing, "name": row["name"], "reason": row["reason"]}
    accuracy = None if row["accuracy"] is None else f"{row['accuracy']:.4f}"
    made = {"profile": row["profile"], "accuracy": accuracy, "version": row["version"]}
    return {**timing, **made, "trigger": row["trigger"], "reason": row["reason"]}


def _add_executions(parser: ArgumentParser) -> None:
    parser.add_argument("--monitoring", action="store_true", help="those of the pipeline that checks for drift")
    parser.add_argument(
        "--limit", type=parse_limit, default=_SHOWN, metavar="N", help=f"the newest N; 0 lists all (default: {_SHOWN})"
    )
    add_json(parser)


def watch(options: Namespace) -> int:
    """Follow an execution; exit with 0 where it ends Succeeded, else with 1."""
    return _follow(*_choose(options))


def print_log(options: Namespace) -> int:
    """Print the lines of a step's containers in order; those of several instances are marked with their stream."""
    from console.joblogs import lines

    if options.execution == _ENDPOINT:
        return _print_log_of_endpoint(options)
    if options.step is None:
        raise CommandError(f"Name a step of the execution, such as TrainModel; or `{_ENDPOINT}` alone.", 2)
    target, arn = _choose(options)
    found = fetch_steps(target.client("sagemaker"), arn)
    if options.step not in found:
        raise CommandError(f"The execution has no started step {options.step!r}; it has {', '.join(sorted(found))}.")
    printed = _print_lines(lines(target.client("logs"), found[options.step].get("Metadata", {})))
    if not printed:
        sys.stderr.write(f"The step {options.step} has no log: it ran no container, or printed nothing.\n")
    return 0


def _print_log_of_endpoint(options: Namespace) -> int:
    from console import endpoint
    from console.joblogs import lines_of_endpoint

    if options.step is not None:
        raise CommandError("An endpoint has no steps; leave it out.", 2)
    target = choose(options.target)
    name = endpoint.name(target)
    if not _print_lines(lines_of_endpoint(target.client("logs"), name)):
        sys.stderr.write(f"The endpoint {name} has no log: it never served, or printed nothing.\n")
    return 0


def _print_lines(lines: Iterable[str]) -> int:
    """Print each line, and answer how many there were."""
    printed = 0
    for line in lines:
        say(line)
        printed += 1
    return printed


def _add_step(parser: ArgumentParser) -> None:
    parser.add_argument("execution", help=f"ARN, id, or `latest`; or `{_ENDPOINT}`: what its instances printed")
    parser.add_argument("step", nargs="?", help="name of the step, such as TrainModel")


def list_trials(options: Namespace) -> int:
    """Print the trials of a tuned execution, best first."""
    from console.tuning import list_trials_of, shorten_value

    target = choose(options.target)
    sagemaker = target.client("sagemaker")
    arn = executions.get_arn(sagemaker, (target.project.pipeline_name,), options.execution)
    write = parse_number if options.json else shorten_value
    rows = [_trial_row(trial, write) for trial in list_trials_of(sagemaker, arn)]
    print_rows(rows, as_json=options.json, empty="The execution has no search; `scones run --tune` starts one with it.")
    return 0


def parse_number(value: str) -> int | float | str:
    """A hyperparameter as a program reads it: a number where it is one."""
    for kind in (int, float):
        with suppress(ValueError):
            return kind(value)
    return value


def _trial_row(trial: dict[str, Any], write: Callable[[str], int | float | str]) -> dict[str, Any]:
    from console.tuning import accuracy

    started, ended = trial.get("TrainingStartTime"), trial.get("TrainingEndTime")
    return {
        "trial": trial["TrainingJobName"],
        "status": trial["TrainingJobStatus"],
        "validation_accuracy": accuracy(trial),
        "variant": trial.get("TrainingJobDefinitionName"),
        **{name: write(value) for name, value in sorted(mask_values(trial["TunedHyperParameters"]).items())},
        "seconds": round(elapsed(started, ended)) if started else None,
        "reason": trial.get("FailureReason"),
    }


def _add_trials(parser: ArgumentParser) -> None:
    add_execution(parser)
    add_json(parser)


def stop(options: Namespace) -> int:
    """Stop an execution and the jobs that it runs."""
    target, arn = _choose(options)
    executions.stop(target, arn)
    print(f"{arn} is stopping.")
    return 0


def retry(options: Namespace) -> int:
    """Retry an execution; steps that succeeded are not run again."""
    target, arn = _choose(options)
    executions.retry(target, arn)
    print(arn, flush=True)
    if options.watch:
        return _follow(target, arn)
    print_watching(arn)
    return 0


def _add_retry(parser: ArgumentParser) -> None:
    add_execution(parser)
    parser.add_argument("--watch", action="store_true", help="follow the execution to its end")


COMMANDS = {
    "executions": Command(list_executions, _add_executions),
    "watch": Command(watch, add_execution),
    "logs": Command(print_log, _add_step),
    "trials": Command(list_trials, _add_trials),
    "stop": Command(stop, add_execution),
    "retry": Command(retry, _add_retry),
}
