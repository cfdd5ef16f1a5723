"""When a tuning job launches nothing more: limits, completion criteria, and failures.

https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-progress.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import mean, median

from localaws.aws import now
from localaws.shapes import Document
from localaws.tuning import definitions
from localaws.tuning.trials import Trial, best, latest

MOST_JOBS = 750  # AWS's quota, and what applies where no number is given
# A job is given up where its first trials have all failed.
_MOST_FAILURES = 5
# AWS counts an objective as better from one percent on.
_IMPROVEMENT = 1.01
# AWS does not publish how it detects convergence; here it is this many trials in a row without an improvement.
_CONVERGED = 20


def most(job: Document) -> int:
    """How many proposals of the search may be tried."""
    config = job["HyperParameterTuningJobConfig"]
    given: int = config["ResourceLimits"].get("MaxNumberOfTrainingJobs", MOST_JOBS)
    if config["Strategy"] == "Grid":
        return min(given, sum(item.combinations for item in definitions.of(job)))
    return given


def failure(trials: Sequence[Trial]) -> str | None:
    """Why a job that ends has failed, in AWS's words; None where a trial has an objective."""
    attempts = latest(trials)
    if not attempts or best(attempts):
        return None
    return (
        f"No training job succeeded after {len(attempts)} attempts. For additional details, please take a look at the "
        "training job failures by listing training jobs for the hyperparameter tuning job."
    )


def gave_up(trials: Sequence[Trial]) -> bool:
    """Whether the first trials have all failed, so that no more are launched."""
    ended = [trial for trial in latest(trials) if trial.ended and not trial.retryable]
    return len(ended) >= _MOST_FAILURES and best(ended) is None


def reached(job: Document, trials: Sequence[Trial]) -> bool:
    """Whether a limit of time or a completion criterion says that it is enough."""
    config = job["HyperParameterTuningJobConfig"]
    seconds = config["ResourceLimits"].get("MaxRuntimeInSeconds")
    if seconds is not None and now() - job["CreationTime"] >= seconds:
        return True
    criteria = config.get("TuningJobCompletionCriteria") or {}
    patience = (criteria.get("BestObjectiveNotImproving") or {}).get("MaxNumberOfTrainingJobsNotImproving")
    if patience is not None and not_improving(trials) >= patience:
        return True
    converges = (criteria.get("ConvergenceDetected") or {}).get("CompleteOnConvergence") == "Enabled"
    if converges and convergence(trials) is not None:
        return True
    return "TargetObjectiveMetricValue" in criteria and _at_target(criteria["TargetObjectiveMetricValue"], trials)


def _at_target(target: float, trials: Sequence[Trial]) -> bool:
    found = best(trials)
    if found is None or found.objective is None:
        return False
    return found.worth >= (target if found.worth == found.objective else -target)


def not_improving(trials: Sequence[Trial]) -> int:
    """How many trials have ended since the best objective became better by a percent."""
    return _improvements(trials)[0]


def convergence(trials: Sequence[Trial]) -> float | None:
    """When it was detected that trials do not become better any more, in seconds since the epoch."""
    return _improvements(trials)[1]


def _improvements(trials: Sequence[Trial]) -> tuple[int, float | None]:
    stated = sorted(
        (trial for trial in trials if trial.objective is not None), key=lambda trial: trial.job["TrainingEndTime"]
    )
    since, leader, converged = 0, None, None
    for trial in stated:
        if leader is None or trial.worth > leader + abs(leader) * (_IMPROVEMENT - 1):
            since, leader, converged = 0, trial.worth, None
        else:
            since += 1
        if since >= _CONVERGED and converged is None:
            converged = trial.job["TrainingEndTime"]
    return since, converged


def hopeless(trial: Trial, others: Iterable[Trial]) -> bool:
    """Whether a running trial is to be stopped, after any of its epochs so far."""
    completed = [other.steps for other in others if other.status == "Completed" and other.name != trial.name]
    return any(_worse(value, epoch, completed) for epoch, value in enumerate(trial.steps, start=1))


def _worse(value: float, epoch: int, completed: list[list[float]]) -> bool:
    averages = [mean(steps[:epoch]) for steps in completed if len(steps) >= epoch]
    return bool(averages) and value < median(averages)
