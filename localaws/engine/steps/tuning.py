"""Tuning steps: create the tuning job that the arguments describe, or go on with the one that a kill left behind."""

from __future__ import annotations

import time

from localaws.engine.context import Run, StepContext, Stopped
from localaws.engine.retries import Failure, of_job
from localaws.names import identifier
from localaws.operations import SAGEMAKER
from localaws.shapes import Document, project
from localaws.tuning import records

_LONGEST_NAME = 32
_POLL_SECONDS = 0.2
_MOST_SUMMARIES = 50  # AWS's: a later step may read the artifacts of so many
NAME = "HyperParameterTuningJobName"
_MAKER = "PipelineStep"  # of a tuning job's document: the execution and the step that made it


def tuning(context: StepContext) -> Document:
    """Run a Tuning step."""
    job = _left_over(context) or _create(context)
    context.record({"TuningJob": {"Arn": job["HyperParameterTuningJobArn"]}})
    return _wait(context, job["HyperParameterTuningJobName"])


def _left_over(context: StepContext) -> Document | None:
    """The tuning job of this very step, where the local AWS was killed and the execution is retried."""
    for job in context.aws.store.all(records.KIND):
        made = job.get(_MAKER) == _maker(context)
        if made and job["HyperParameterTuningJobStatus"] in ("InProgress", "Completed") and _same(context, job):
            return job
    return None


def _same(context: StepContext, job: Document) -> bool:
    return all(job.get(member) == value for member, value in context.arguments.items() if member != NAME)


def _maker(context: StepContext) -> str:
    return f"{context.execution_id}/{context.step.name}"


def _create(context: StepContext) -> Document:
    request = {**context.arguments, NAME: _job_name(context, context.arguments.get(NAME))}
    for operation in ("DescribeHyperParameterTuningJob", "ListTrainingJobsForHyperParameterTuningJob"):
        context.authorize(operation, {"HyperParameterTuningJobName": request["HyperParameterTuningJobName"]})
    created = context.call("CreateHyperParameterTuningJob", {**request, _MAKER: _maker(context)})
    return {**request, **created}


def _job_name(context: StepContext, prefix: str | None) -> str:
    # AWS allows a tuning job 32 characters: the step's name gives way.
    ending = f"-{identifier(10)}"
    return (prefix or f"{context.execution_id}-{context.step.name}")[: _LONGEST_NAME - len(ending)].rstrip("-") + ending


def _wait(context: StepContext, name: str) -> Document:
    asked = False
    while True:
        # Its description is made of all its trials, so it is read at the end only.
        job = records.load(context.aws, name)
        if job is None:
            raise Failure(f"ClientError: The tuning job {name} does not exist any more.")
        status = job["HyperParameterTuningJobStatus"]
        if status in records.ENDED:
            break
        if context.stop.requested and not asked:
            context.call("StopHyperParameterTuningJob", {"HyperParameterTuningJobName": name})
            asked = True
        time.sleep(_POLL_SECONDS)
    if status == "Completed":
        return _outputs(context, records.described(context.aws, job))
    if asked:
        raise Stopped
    if status == "Stopped":
        raise Failure(f"ClientError: The tuning job {name} was stopped before it completed.")
    raise of_job(job["FailureReason"])


def _outputs(context: StepContext, job: Document) -> Document:
    """What later steps refer to: the description, and the training jobs with the best one first."""
    best = job["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]
    request = {
        "HyperParameterTuningJobName": job["HyperParameterTuningJobName"],
        "SortBy": "FinalObjectiveMetricValue",
        "SortOrder": "Descending" if best["Type"] == "Maximize" else "Ascending",
        "MaxResults": _MOST_SUMMARIES,
    }
    listed = SAGEMAKER.call(context.aws, "ListTrainingJobsForHyperParameterTuningJob", request)
    summaries = project("ListTrainingJobsForHyperParameterTuningJob", listed)["TrainingJobSummaries"]
    return {**project("DescribeHyperParameterTuningJob", job), "TrainingJobSummaries": summaries}


RUNS: dict[str, Run] = {"Tuning": tuning}
