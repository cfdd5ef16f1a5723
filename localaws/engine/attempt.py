"""One step from Starting to its end: references resolved, cache asked, attempts made as its retry policies say."""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from localaws.aws import Aws
from localaws.engine import caching, callbacks, experiments, records, references, retries
from localaws.engine.context import Run, StepContext, Stopped
from localaws.engine.definition import Step, parse
from localaws.engine.retries import Failure
from localaws.engine.steps import callback, conditions, invoke, job, quality, registry, tuning
from localaws.failures import JobFailure
from localaws.jobs import staging
from localaws.jobs.role import acting_as
from localaws.shapes import Document
from localaws.tasks import Stop

RUNS: dict[str, Run] = {
    **job.RUNS,
    **registry.RUNS,
    **conditions.RUNS,
    **invoke.RUNS,
    **callback.RUNS,
    **tuning.RUNS,
    **quality.RUNS,
}


def run_step(aws: Aws, arn: str, step: Step, stop: Stop) -> str:
    """Run a step to its end and answer its status: Succeeded, Failed or Stopped."""
    # A step that waited for its callback when the local AWS was stopped goes on, and does not begin again.
    if not callbacks.find_open(aws, arn, step.name):
        records.begin_step(aws, arn, step)
    try:
        arguments = _resolved(aws, arn, step)
        hit = _cached(aws, arn, step, arguments)
        if not hit:
            outputs = _attempts(aws, arn, step, arguments, stop)
            _succeed(aws, arn, step, arguments, outputs)
    except Stopped:
        records.change_step(aws, arn, step.name, StepStatus="Stopped")
        return "Stopped"
    except Failure as failure:
        records.change_step(aws, arn, step.name, StepStatus="Failed", FailureReason=failure.reason)
        return "Failed"
    except Exception as error:
        reason = f"InternalServerError: {type(error).__name__}: {error}"
        records.change_step(aws, arn, step.name, StepStatus="Failed", FailureReason=reason)
        raise
    return "Succeeded"


def _attempts(aws: Aws, arn: str, step: Step, arguments: Document, stop: Stop) -> Document:
    started = time.monotonic()
    attempt = 1
    while True:
        records.change_step(aws, arn, step.name, StepStatus="Executing", AttemptCount=attempt)
        try:
            return RUNS[step.type](_context(aws, arn, step, arguments, stop))
        except Failure as failure:
            policies = [*step.body.get("RetryPolicies", []), retries.AUTOMATIC]
            wait = retries.delay(policies, failure, attempt, time.monotonic() - started)
            if wait is None:
                raise
            if stop.wait(wait):
                raise Stopped from failure
        attempt += 1


def _context(aws: Aws, arn: str, step: Step, arguments: Document, stop: Stop) -> StepContext:
    def record(metadata: Document) -> None:
        records.change_step(aws, arn, step.name, Metadata=metadata)

    def change_status(status: str) -> None:
        records.change_step(aws, arn, step.name, StepStatus=status)

    experiment = records.execution(aws, arn).get(experiments.MEMBER, {})
    role = records.role(aws, arn)
    return StepContext(aws, arn, step, arguments, stop, record, change_status, role, experiment)


def _cached(aws: Aws, arn: str, step: Step, arguments: Document) -> bool:
    if not caching.enabled(step):
        return False
    found = caching.find(aws.store, _cache_key(aws, arn, step, arguments), step)
    if not found:
        return False
    records.change_step(
        aws,
        arn,
        step.name,
        StepStatus="Succeeded",
        CacheHitResult={"SourcePipelineExecutionArn": found["Execution"]},
        Metadata=found["Metadata"],
        Outputs=found["Outputs"],
    )
    return True


def _succeed(aws: Aws, arn: str, step: Step, arguments: Document, outputs: Document) -> None:
    with aws.store.transaction():
        metadata = records.step_named(aws, arn, step.name)["Metadata"]
        caching.keep(aws.store, _cache_key(aws, arn, step, arguments), arn, metadata, outputs)
        records.change_step(aws, arn, step.name, StepStatus="Succeeded", Outputs=outputs)


def _cache_key(aws: Aws, arn: str, step: Step, arguments: Document) -> str:
    return caching.key(arn.split("/")[1], step, arguments, aws.settings.engine)


def _resolved(aws: Aws, arn: str, step: Step) -> Document:
    document = records.execution(aws, arn)
    ended = {name: records.step_named(aws, arn, name) for name in step.depends_on}
    outputs = {name: item["Outputs"] for name, item in ended.items() if "Outputs" in item}
    scope = references.Scope(
        parameters=document["Parameters"],
        execution=records.list_variables(document),
        outputs=outputs,
        property_file=cache(lambda owner, file: _property_file(aws, arn, outputs, owner, file)),
        s3_json=cache(lambda uri: _read_json(aws, records.role(aws, arn), uri, "The file")),
    )
    try:
        resolved: Document = references.resolve(step.arguments, scope)
    except references.UnresolvedReference as error:
        raise Failure(f"ClientError: {error}") from error
    return resolved


def _property_file(aws: Aws, arn: str, outputs: dict[str, Document], owner: str, name: str) -> Any:  # noqa: ANN401
    files = parse(records.definition(aws, arn)).steps[owner].body["PropertyFiles"]
    declared = next(item for item in files if item["PropertyFileName"] == name)
    for output in outputs.get(owner, {}).get("ProcessingOutputConfig", {}).get("Outputs", []):
        if output["OutputName"] == declared["OutputName"]:
            uri = f"{output['S3Output']['S3Uri'].rstrip('/')}/{declared['FilePath']}"
            return _read_json(aws, records.role(aws, arn), uri, f"The property file {name}")
    raise Failure(
        f"ClientError: The property file {name} names the output {declared['OutputName']}, which {owner} lacks."
    )


def _read_json(aws: Aws, role: str, uri: str, what: str) -> Any:  # noqa: ANN401
    try:
        bucket, key = staging.split_uri(uri)
        s3 = acting_as(aws, role).clients.s3
        return json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except (ClientError, ValueError, RecursionError, JobFailure) as error:
        raise Failure(f"ClientError: {what} cannot be read from {uri}: {error}") from error
