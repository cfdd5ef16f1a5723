"""What a tuned execution found: its trials, the best of them, and whether it beats the profile's own values.

The profile's accuracy on validation is known from a run without `--tune` on the same images, if there was one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from common.masking import mask_values
from console.executions import Fixed, fetch_fixed, fetch_steps, identifier, iter_summaries
from pipelines.hyperparameters import HYPERPARAMETERS
from pipelines.search_space import OBJECTIVE, SEARCHED

_STEP = "TuneModel"
_METRIC = "FinalHyperParameterTuningJobObjectiveMetric"
_MOST_COMPARED = 50
# What a training is made of: images, their split, the model that it starts from, the profile's hyperparameters.
_DECISIVE = {"DatasetVersion", "ModelUri", "Seed", *(entry.parameter for entry in HYPERPARAMETERS.values())}
_SEARCHED = {HYPERPARAMETERS[name].parameter for name in SEARCHED}


@dataclass(frozen=True)
class Untuned:
    """A training with the profile's own values, on the same images."""

    execution: str
    accuracy: float


def list_trials_of(sagemaker: Any, arn: str) -> list[dict[str, Any]]:  # noqa: ANN401 - a boto3 client
    """The trials of a tuned execution, best first, those without an objective last; none where it is not tuned."""
    return _trials(sagemaker, fetch_steps(sagemaker, arn).get(_STEP, {}))


def _trials(sagemaker: Any, step: Mapping[str, Any]) -> list[dict[str, Any]]:  # noqa: ANN401
    job = step.get("Metadata", {}).get("TuningJob")
    if job is None:
        return []
    pages = sagemaker.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job").paginate(
        HyperParameterTuningJobName=identifier(job["Arn"]), SortBy="CreationTime", SortOrder="Ascending"
    )
    found = [trial for page in pages for trial in page["TrainingJobSummaries"]]
    return sorted(found, key=_rank)


def accuracy(trial: Mapping[str, Any]) -> float | None:
    """A trial's accuracy on validation; None where it has reported none."""
    value: float | None = trial.get(_METRIC, {}).get("Value")
    return value


def _rank(trial: Mapping[str, Any]) -> float:
    value = accuracy(trial)
    return 1.0 if value is None else -value


def write_conclusion(sagemaker: Any, arn: str) -> Iterator[str]:  # noqa: ANN401
    """What a person wants to know at the end of a tuned run; nothing for a run that was not tuned."""
    step = fetch_steps(sagemaker, arn).get(_STEP, {})
    if step.get("StepStatus") != "Succeeded":
        return
    found = _trials(sagemaker, step)
    best = accuracy(found[0]) if found else None
    if best is None:
        return
    yield f"Best of {len(found)} trials: {found[0]['TrainingJobName']}, validation accuracy {best:.4f}"
    tuned = mask_values(found[0]["TunedHyperParameters"])
    values = ", ".join(f"{name} {shorten_value(value)}" for name, value in sorted(tuned.items()))
    yield f"  {found[0].get('TrainingJobDefinitionName', '')}: {values}"
    yield _compare(best, find_untuned(sagemaker, arn))


def shorten_value(value: str) -> str:
    """A tuned value as a person reads it; `scones trials --json` has all its digits."""
    try:
        return f"{float(value):.4g}"
    except ValueError:
        return value


def _compare(best: float, profile: Untuned | None) -> str:
    if profile is None:
        return (
            "Whether this beats the profile's own values is not known: no run without --tune trained on these "
            "images; `scones run` makes one."
        )
    if best > profile.accuracy:
        return f"It beats the profile's own values: {profile.accuracy:.4f} in {profile.execution}."
    return f"It does not beat the profile's own values: {profile.accuracy:.4f} in {profile.execution}."


def find_untuned(sagemaker: Any, arn: str) -> Untuned | None:  # noqa: ANN401
    """The newest training with the profile's own values that can be compared with a tuned execution."""
    mine = fetch_fixed(sagemaker, arn)
    pipeline = arn.partition(":pipeline/")[2].partition("/")[0]
    for summary in islice(iter_summaries(sagemaker, pipeline), _MOST_COMPARED):
        other = summary["PipelineExecutionArn"]
        step = fetch_steps(sagemaker, other).get("TrainModel", {})
        if step.get("StepStatus") == "Succeeded" and is_comparable(mine, fetch_fixed(sagemaker, other)):
            job = identifier(step["Metadata"]["TrainingJob"]["Arn"])
            metrics = sagemaker.describe_training_job(TrainingJobName=job).get("FinalMetricDataList", [])
            reported = {metric["MetricName"]: metric["Value"] for metric in metrics}
            if OBJECTIVE in reported:
                return Untuned(identifier(other), reported[OBJECTIVE])
    return None


def is_comparable(tuned: Fixed, plain: Fixed) -> bool:
    """Whether an untuned run had the same images and, but for what was searched, the same values."""
    mine, others = tuned.parameters.keys() & _DECISIVE, plain.parameters.keys() & _DECISIVE
    same = all(tuned.parameters[name] == plain.parameters[name] for name in mine & others)
    # What only the untuned run has is what the other searched, and it must be the profile's value.
    return same and mine <= others <= mine | _SEARCHED and not _SEARCHED & plain.changed.keys()
