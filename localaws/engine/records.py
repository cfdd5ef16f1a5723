"""An execution and its steps in the store: every change is committed together with its event."""

from __future__ import annotations

import time
from typing import Any

from localaws.aws import Aws, now
from localaws.engine import references, types
from localaws.engine.definition import Step
from localaws.shapes import Document

EXECUTION = "pipeline-execution"
STEP = "pipeline-step"
_DEFINITION = "pipeline-execution-definition"  # apart from the execution, which is read at every transition
EXECUTION_EVENT = "SageMaker Model Building Pipeline Execution Status Change"
_STEP_EVENT = "SageMaker Model Building Pipeline Execution Step Status Change"
_LONGEST_REASON = 1_300


def execution(aws: Aws, arn: str) -> Document:
    """The execution's document."""
    document = aws.store.get(EXECUTION, arn)
    if document is None:
        raise KeyError(arn)
    return document


def role(aws: Aws, arn: str) -> str:
    """The role that an execution's steps are run under: its pipeline's, when it was started."""
    found: str = execution(aws, arn).get("RoleArn", "")
    return found


def definition(aws: Aws, arn: str) -> str:
    """The definition that the execution was started with, as JSON text."""
    text: str = (aws.store.get(_DEFINITION, arn) or {})["Text"]
    return text


def keep_definition(aws: Aws, arn: str, text: str) -> None:
    """Keep the definition that an execution starts with; later updates of the pipeline do not change it."""
    aws.store.put(_DEFINITION, arn, {"Text": text})


def change_execution(aws: Aws, arn: str, status: str, reason: str | None = None) -> None:
    """Give an execution another status."""
    with aws.store.transaction():
        document = execution(aws, arn)
        previous = document["PipelineExecutionStatus"]
        document |= {"PipelineExecutionStatus": status, "LastModifiedTime": now()}
        document.pop("FailureReason", None)
        if reason:
            document["FailureReason"] = reason[:_LONGEST_REASON]
        aws.store.put(EXECUTION, arn, document)
        announce_execution(aws, document, previous)


def announce_execution(aws: Aws, document: Document, previous: str | None) -> None:
    """Send the event of an execution's status; call it inside the change's transaction."""
    ended = document["PipelineExecutionStatus"] in ("Succeeded", "Failed", "Stopped")
    detail = {
        "pipelineArn": document["PipelineArn"],
        "pipelineExecutionArn": document["PipelineExecutionArn"],
        "pipelineExecutionDescription": document.get("PipelineExecutionDescription"),
        "pipelineExecutionDisplayName": document.get("PipelineExecutionDisplayName"),
        "currentPipelineExecutionStatus": document["PipelineExecutionStatus"],
        "previousPipelineExecutionStatus": previous,
        "executionStartTime": document["CreationTime"],
        "executionEndTime": document["LastModifiedTime"] if ended else None,
        "failureReason": document.get("FailureReason"),
    }
    _send(aws, EXECUTION_EVENT, detail, document)


def list_variables(document: Document) -> Document:
    """The variables of an execution, as references name them."""
    arn = document["PipelineExecutionArn"]
    start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(document["CreationTime"]))
    return {
        "PipelineName": arn.split("/")[1],
        "PipelineArn": document["PipelineArn"],
        "PipelineExecutionId": arn.rsplit("/", 1)[1],
        "PipelineExecutionArn": arn,
        "StartDateTime": start,
        "CurrentDateTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        **dict.fromkeys(types.OF_JOBS, references.OWN_JOB),
    }


def forget(aws: Aws, arn: str) -> None:
    """Remove an execution with its definition and its steps."""
    for name in steps(aws, arn):
        aws.store.delete(STEP, f"{arn}#{name}")
    aws.store.delete(_DEFINITION, arn)
    aws.store.delete(EXECUTION, arn)


def steps(aws: Aws, arn: str) -> dict[str, Document]:
    """The steps of an execution that have been started, by name."""
    return {item["StepName"]: item for item in aws.store.all(STEP, f"{arn}#")}


def step_named(aws: Aws, arn: str, name: str) -> Document:
    """One step of an execution; an empty document where it has not been started."""
    return aws.store.get(STEP, f"{arn}#{name}") or {}


def keep_step(aws: Aws, document: Document) -> None:
    """Record a step that is done before its execution begins, of which nobody is told."""
    aws.store.put(STEP, f"{document['PipelineExecutionArn']}#{document['StepName']}", document)


def begin_step(aws: Aws, arn: str, step: Step) -> None:
    """Record that a step starts, in place of an attempt that a retry of the execution repeats."""
    body = step.body
    document = {
        "PipelineExecutionArn": arn,
        "StepName": step.name,
        "StepType": step.type,
        "StepStatus": "Starting",
        "StartTime": now(),
        "AttemptCount": 1,
        "Metadata": {},
        **({"StepDisplayName": body["DisplayName"]} if body.get("DisplayName") else {}),
        **({"StepDescription": body["Description"]} if body.get("Description") else {}),
    }
    with aws.store.transaction():
        aws.store.put(STEP, f"{arn}#{step.name}", document)
        _announce_step(aws, document, None)


def change_step(aws: Aws, arn: str, name: str, **changes: Any) -> None:  # noqa: ANN401 - members of any type
    """Change members of a step; an event goes out where its status changes."""
    with aws.store.transaction():
        before = step_named(aws, arn, name)
        previous = before.get("StepStatus")
        if changes.get("StepStatus") in ("Succeeded", "Failed", "Stopped"):
            # No step ends before it began, also when the clock is set back meanwhile.
            changes["EndTime"] = max(now(), before.get("StartTime", 0))
        document = aws.store.update(STEP, f"{arn}#{name}", **changes)
        if document["StepStatus"] != previous:
            _announce_step(aws, document, previous)


def _announce_step(aws: Aws, document: Document, previous: str | None) -> None:
    parent = execution(aws, document["PipelineExecutionArn"])
    detail = {
        "metadata": document.get("Metadata"),
        "stepStartTime": document["StartTime"],
        "stepEndTime": document.get("EndTime"),
        "stepName": document["StepName"],
        "stepType": document["StepType"],
        "previousStepStatus": previous,
        "currentStepStatus": document["StepStatus"],
        "failureReason": document.get("FailureReason"),
        "cacheHitResult": document.get("CacheHitResult"),
        "pipelineArn": parent["PipelineArn"],
        "pipelineExecutionArn": parent["PipelineExecutionArn"],
    }
    _send(aws, _STEP_EVENT, detail, parent)


def _send(aws: Aws, kind: str, detail: Document, parent: Document) -> None:
    said = {name: value for name, value in detail.items() if value is not None}
    aws.events.send(kind, said, [parent["PipelineArn"], parent["PipelineExecutionArn"]])
