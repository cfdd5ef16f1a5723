"""Processing, Training and Transform steps: create the job that the arguments describe and wait for its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from localaws.engine.context import Run, StepContext, Stopped
from localaws.engine.references import OWN_JOB
from localaws.engine.retries import Failure, of_job
from localaws.names import identifier
from localaws.records import tags
from localaws.records.jobs import ENDED, PROCESSING, TRAINING, TRANSFORM, JobKind, find_job
from localaws.shapes import Document, project

_LONGEST_NAME = 63
_POLL_SECONDS = 0.2


def _run(kind: JobKind, context: StepContext) -> Document:
    return run_job(kind, context, context.arguments, lambda arn: context.record({f"{kind.stem}Job": {"Arn": arn}}))


def run_job(kind: JobKind, context: StepContext, arguments: Document, note: Callable[[str], None]) -> Document:
    """Create a job and wait for its end; answers its description. `note` is told its ARN. Raises Failure, Stopped."""
    name = _job_name(context, arguments.get(kind.name))
    tracked = {"ExperimentConfig": context.experiment} if context.experiment else {}
    request = {**tracked, **_named(arguments, name), kind.name: name}
    context.authorize(kind.describe, {kind.name: request[kind.name]})
    arn = context.call(f"Create{kind.stem}Job", request)[kind.arn]
    with context.aws.store.transaction():
        # By this tag the SDK finds the execution of a job (sagemaker.lineage); AWS sets it, and asks no policy.
        tags.add_tags(context.aws, arn, [{"Key": "sagemaker:pipeline-execution-arn", "Value": context.execution}])
        note(arn)
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


def _job_name(context: StepContext, prefix: str | None) -> str:
    """As AWS names jobs: pipelines-<execution>-<step>-<random>, or with the name that the definition gives in front.

    https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html#build-and-manage-step-permissions-prefix
    """
    ending = f"-{identifier(10)}"
    beginning = prefix or f"pipelines-{context.execution_id}-{context.step.name}"
    # The step's name gives way to the length limit.
    return beginning[: _LONGEST_NAME - len(ending)].rstrip("-") + ending


def _named(value: Any, name: str) -> Any:  # noqa: ANN401 - JSON of any type
    """Put the job's name where the definition has the variable of it, as in {"Get": "Execution.TrainingJobName"}."""
    if isinstance(value, dict):
        return {member: _named(item, name) for member, item in value.items()}
    if isinstance(value, list):
        return [_named(item, name) for item in value]
    return value.replace(OWN_JOB, name) if isinstance(value, str) else value


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
