"""TrainingJobEarlyStoppingType `Auto`: AWS's median rule.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-early-stopping.html: after each epoch, a training
job is stopped where its objective is worse than the median of the running averages, up to the same epoch, of the
training jobs that have completed.
"""

from __future__ import annotations

from collections.abc import Iterable
from statistics import mean, median

from localaws.tuning.trials import Trial


def hopeless(trial: Trial, others: Iterable[Trial]) -> bool:
    """Whether a running trial is to be stopped, after any of its epochs so far."""
    completed = [other.steps for other in others if other.status == "Completed" and other.name != trial.name]
    return any(_worse(value, epoch, completed) for epoch, value in enumerate(trial.steps, start=1))


def _worse(value: float, epoch: int, completed: list[list[float]]) -> bool:
    averages = [mean(steps[:epoch]) for steps in completed if len(steps) >= epoch]
    return bool(averages) and value < median(averages)
