"""Why this function was called: read from the event, which may come late, twice and out of order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from start_training.settings import Settings

ALARM_CHANGED = "CloudWatch Alarm State Change"
OBJECT_CREATED = "Object Created"
EXECUTION_CHANGED = "SageMaker Model Building Pipeline Execution Status Change"
SCHEDULED = "Scheduled Event"
PENDING = "batches/pending/"
ENDED = frozenset({"Succeeded", "Failed", "Stopped"})
LONGEST_REASON = 200


class Kind(StrEnum):
    """What calls for a training. A batch may be new, or may have waited for an execution's end or for the next day."""

    DRIFT = "drift"
    BATCH = "batch"
    PERSON = "person"


@dataclass(frozen=True)
class Call:
    """A reason to think about a training: `moment` is when the alarm rang, `details` are CloudWatch's own words."""

    kind: Kind
    sentence: str
    moment: datetime | None = None
    details: str = ""


def parse(event: Mapping[str, Any], settings: Settings) -> Call | str:
    """Read an event, or say in a sentence why it is not for this function.

    A person calls with `{}` or `{"reason": "..."}`. The rules filter already; a rule is edited by hand more easily
    than a function, so the same is asked here again.
    """
    if not event.keys() - {"reason"}:
        return _asked(event.get("reason"))
    if event.get("account") != settings.account:
        return f"The event is of account {event.get('account')}, and the pipeline is in {settings.account}."
    detail, kind = event.get("detail", {}), event.get("detail-type")
    if kind == SCHEDULED:
        return Call(Kind.BATCH, "a batch of new images has waited")
    readers = {ALARM_CHANGED: _alarm, OBJECT_CREATED: _object, EXECUTION_CHANGED: _execution}
    if kind not in readers:
        return f"The event is a {kind!r}, which calls for no training."
    return readers[kind](detail, settings)


def _asked(reason: object) -> Call | str:
    if reason is not None and not isinstance(reason, str):
        return f"The reason is of type {type(reason).__name__}, and a sentence is needed."
    words = " ".join((reason or "").split())[:LONGEST_REASON]
    return Call(Kind.PERSON, words or "a person asked for it")


def _alarm(detail: Mapping[str, Any], settings: Settings) -> Call | str:
    name, state = detail.get("alarmName"), detail.get("state", {})
    if name != settings.drift_alarm_name:
        return f"The alarm is {name}, and {settings.drift_alarm_name} is the one that tells of drift."
    if state.get("value") != "ALARM":
        return f"The alarm {name} is {state.get('value')}, which is no drift."
    moment = datetime.fromisoformat(str(state["timestamp"]))
    return Call(Kind.DRIFT, f"the alarm {name} rang at {moment:%Y-%m-%d %H:%M} UTC", moment, str(state.get("reason")))


def _object(detail: Mapping[str, Any], settings: Settings) -> Call | str:
    bucket, key = detail.get("bucket", {}).get("name"), str(detail.get("object", {}).get("key"))
    if bucket != settings.bucket or not key.startswith(PENDING):
        return f"The object is s3://{bucket}/{key}, and only s3://{settings.bucket}/{PENDING} tells of batches."
    return Call(Kind.BATCH, "a batch of new images came")


def _execution(detail: Mapping[str, Any], settings: Settings) -> Call | str:
    name, status = str(detail.get("pipelineArn")).rpartition("/")[2], detail.get("currentPipelineExecutionStatus")
    if name.lower() != settings.pipeline_name.lower():  # SageMaker writes a pipeline's ARN in small letters
        return f"The pipeline is {name}, and ours is {settings.pipeline_name}."
    if status not in ENDED:
        return f"The execution is {status}; another event comes when it has ended."
    return Call(Kind.BATCH, "a batch of new images waited for an execution to end")
