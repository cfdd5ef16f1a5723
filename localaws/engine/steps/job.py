"""Processing, Training and Transform steps: create the job that the arguments describe and wait for its end."""

from __future__ import annotations

from localaws.engine.context import Run, StepContext, Stopped
from localaws.engine.retries import Failure, of_job
from localaws.names import identifier
from localaws.records.jobs import ENDED, PROCESSING, TRAINING, TRANSFORM, JobKind, find_job
from localaws.shapes import Document, project

_LONGEST_NAME = 63
_POLL_SECONDS = 0.2


def _run(kind: JobKind, context: StepContext) -> Document:
    request = {kind.name: _job_name(context), **context.arguments}
    context.authorize(kind.describe, {kind.name: request[kind.name]})
    arn = context.call(f"Create{kind.stem}Job", request)[kind.arn]
    context.record({f"{kind.stem}Job": {"Arn": arn}})
    return _wait(kind, context, request[kind.name], arn)


def _wait(kind: JobKind, context: StepContext, name: str, arn: str) -> Document:
    asked = False
    while True:
        context.aws.tasks.join(arn, timeout=_POLL_SECONDS)
        document = find_job(context.aws, kind, name)
        if document is None:
            raise Failure(f"ClientError: The job {name} does not exist any more.")
        if document[kind.status] in ENDED:
            break
        if context.stop.requested and not asked:
            context.call(f"Stop{kind.stem}Job", {kind.name: name})
            asked = True
    if document[kind.status] == "Completed":
        return project(kind.describe, document)
    if asked:
        raise Stopped
    if document[kind.status] == "Stopped":
        raise Failure(document.get("FailureReason", f"ClientError: The job {name} was stopped before it completed."))
    raise of_job(document["FailureReason"])


def _job_name(context: StepContext) -> str:
    # As AWS names them: pipelines-<execution>-<step>-<random>; the step's name gives way to the length limit.
    ending = f"-{identifier(10)}"
    beginning = f"pipelines-{context.execution_id}-{context.step.name}"
    return beginning[: _LONGEST_NAME - len(ending)].rstrip("-") + ending


def processing(context: StepContext) -> Document:
    """Run a Processing step."""
    return _run(PROCESSING, context)


def training(context: StepContext) -> Document:
    """Run a Training step."""
    return _run(TRAINING, context)


def transform(context: StepContext) -> Document:
    """Run a Transform step."""
    return _run(TRANSFORM, context)


RUNS: dict[str, Run] = {"Processing": processing, "Training": training, "Transform": transform}
