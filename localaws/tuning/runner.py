"""Takes a tuning job from InProgress to its end.

All that it knows it reads from the store: after `kill -9` it goes on with the trials that are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from localaws import errors
from localaws.aws import Aws, now
from localaws.operations import SAGEMAKER
from localaws.records.jobs import TRAINING, find_job
from localaws.shapes import Document
from localaws.tasks import Stop
from localaws.tuning import definitions, endings, launch, records, trials
from localaws.tuning.trials import MEMBER, Trial, latest

if TYPE_CHECKING:
    from localaws.tuning.search import Search

_POLL_SECONDS = 0.2
_MOST_RETRIES = 5


def run(aws: Aws, name: str, stop: Stop) -> None:
    """Launch trials until it is enough, and wait for those that run."""
    job = records.load(aws, name) or {}
    try:
        search = _search(aws, job)
        while not _step(aws, name, search):
            stop.wait(_POLL_SECONDS)
    except errors.AwsError as error:
        # What was there when the search was created is gone, such as its data: no further trial can be created.
        _stop_all(aws, [trial for trial in trials.read(aws, job) if not trial.ended])
        _end(aws, name, "Failed", f"ClientError: A training job could not be created: {error.message}")
    except Exception as error:
        _end(aws, name, "Failed", f"InternalServerError: {type(error).__name__}: {error}")
        raise


def start(aws: Aws, document: Document) -> None:
    """Let a tuning job run, or go on after a start of the local AWS."""
    name = document["HyperParameterTuningJobName"]
    aws.tasks.start(document["HyperParameterTuningJobArn"], lambda stop: run(aws, name, stop))


def resume(aws: Aws) -> None:
    """Once S3 answers, go on with the tuning jobs that an earlier process had under way."""
    for document in aws.store.all(records.KIND):
        if document["HyperParameterTuningJobStatus"] not in records.ENDED:
            start(aws, document)


def _step(aws: Aws, name: str, search: Search) -> bool:
    """Read once how the job stands, and do what follows; answers whether it has ended."""
    job = records.load(aws, name) or {}
    found = trials.read(aws, job)
    running = [trial for trial in found if not trial.ended]
    stopping = job["HyperParameterTuningJobStatus"] == "Stopping"
    enough = stopping or endings.reached(job, found) or endings.gave_up(found)
    if enough:
        _stop_all(aws, running)
    else:
        _prune(aws, job, search, found)
        launched = _launch(aws, job, search, found, len(running))
        if running or launched:
            return False
    if running:
        return False
    _conclude(aws, name, stopping, found)
    return True


def _conclude(aws: Aws, name: str, stopping: bool, found: Sequence[Trial]) -> None:
    reason = endings.failure(found)
    if stopping:
        _end(aws, name, "Stopped")
    elif reason:
        _end(aws, name, "Failed", reason)
    else:
        _end(aws, name, "Completed")


def _launch(aws: Aws, job: Document, search: Search, found: Sequence[Trial], running: int) -> int:
    """Launch as many as may run side by side: first what the service failed at, then what the search proposes."""
    free = job["HyperParameterTuningJobConfig"]["ResourceLimits"]["MaxParallelTrainingJobs"] - running
    launched = 0
    known = list(found)
    while launched < free:
        request = _next(job, search, known)
        if request is None:
            break
        SAGEMAKER.call(aws, "CreateTrainingJob", request)
        known.append(Trial(find_job(aws, TRAINING, request["TrainingJobName"]) or request))
        launched += 1
    return launched


def _next(job: Document, search: Search, known: Sequence[Trial]) -> Document | None:
    attempts = latest(known)
    for trial in attempts:
        tried = sum(other.number == trial.number for other in known)
        if trial.retryable and tried <= _MOST_RETRIES:
            definition = next(item for item in search.definitions if item.name == trial.definition)
            return launch.again(job, definition, trial, len(known))
    if len(attempts) >= search.most:
        return None
    proposal = search.propose(attempts)
    return launch.request(job, proposal, len(attempts), len(known)) if proposal else None


def _prune(aws: Aws, job: Document, search: Search, found: Sequence[Trial]) -> None:
    """Stop running trials that are not worth going on with."""
    config = job["HyperParameterTuningJobConfig"]
    automatic = config.get("TrainingJobEarlyStoppingType") == "Auto"
    if not automatic and config["Strategy"] != "Hyperband":
        return
    for trial in found:
        if trial.status != "InProgress" or not trial.history:
            continue
        if automatic:
            ends = endings.hopeless(trial, found)
        else:
            ends, notes = search.prune(latest(found), trial)
            _note(aws, trial, notes)
        if ends:
            _stop_all(aws, [trial])


def _note(aws: Aws, trial: Trial, notes: Document) -> None:
    if notes != trial.notes:
        with aws.store.transaction():
            aws.store.update(TRAINING.noun, trial.name.lower(), **{MEMBER: {**trial.job[MEMBER], "Notes": notes}})


def _stop_all(aws: Aws, running: Sequence[Trial]) -> None:
    for trial in running:
        if trial.status == "InProgress":
            try:
                SAGEMAKER.call(aws, "StopTrainingJob", {"TrainingJobName": trial.name})
            except errors.AwsError:
                # It has ended since it was read.
                continue


def _end(aws: Aws, name: str, status: str, reason: str | None = None) -> None:
    changes = {"FailureReason": reason[:1024]} if reason else {}
    records.change(aws, name, HyperParameterTuningJobStatus=status, HyperParameterTuningEndTime=now(), **changes)


def _search(aws: Aws, job: Document) -> Search:
    from localaws.tuning.search import Search  # noqa: PLC0415 - optuna is slow to import, and seldom needed here

    config = job["HyperParameterTuningJobConfig"]
    return Search(
        name=job["HyperParameterTuningJobName"],
        strategy=config["Strategy"],
        seed=job["Seed"],
        definitions=definitions.of(job),
        most=endings.most(job),
        resources=definitions.resources(job),
        former=records.former(aws, job),
    )
