"""One run of the inference workflow: which states it has been through, and what came of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from console import workflow
from console.page.data.graph import Graph, arrange
from console.page.data.source import Source

LARGEST = 16 * 1024 * 1024
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Path:
    """How far a run is: the state of each of the workflow's states that it entered, and its end."""

    status: str
    entered: tuple[tuple[str, str], ...]
    retries: int
    output: dict[str, Any]
    error: str


def start(source: Source, name: str, content: bytes) -> str:
    """Put a picture where the workflow takes them from, and start a run; answers its ARN."""
    safe = _UNSAFE.sub("-", name)[-80:] or "picture"
    key = f"incoming-inference/{hashlib.sha256(content).hexdigest()[:16]}-{safe}"
    source.client("s3").put_object(Bucket=source.project.bucket, Key=key, Body=content)
    return workflow.start(source, "inference", {"image_uri": f"s3://{source.project.bucket}/{key}"})


def read(source: Source, arn: str) -> Path:
    """How far a run is; one that has ended is not asked for again."""
    return source.once(("run", arn), lambda: _read(source, arn), lambda path: path.status != "RUNNING")


def _read(source: Source, arn: str) -> Path:
    states = source.client("stepfunctions")
    # Described first: the history that is read after it is complete where the run had ended.
    described = states.describe_execution(executionArn=arn)
    pages = states.get_paginator("get_execution_history").paginate(executionArn=arn)
    events = [event for page in pages for event in page["events"]]
    status = described["status"]
    output = {}
    with suppress(ValueError):
        output = json.loads(described.get("output") or "{}")
    error = ": ".join(described[name] for name in ("error", "cause") if described.get(name))
    retried = sum(event["type"] in ("TaskFailed", "LambdaFunctionFailed", "TaskTimedOut") for event in events)
    return Path(status, tuple(_entered(events, status)), retried, output if isinstance(output, dict) else {}, error)


def _entered(events: list[dict[str, Any]], status: str) -> Iterator[tuple[str, str]]:
    left = {event["stateExitedEventDetails"]["name"] for event in events if "stateExitedEventDetails" in event}
    for event in events:
        name = event.get("stateEnteredEventDetails", {}).get("name")
        if name in left:
            yield name, "Succeeded"
        elif name:
            # A Fail state is entered and never left.
            yield name, "Executing" if status == "RUNNING" else "Failed"


def graph(source: Source) -> Graph:
    """The workflow's states, without the ways that only a failure takes."""
    definition = workflow.published(source)
    return of_states(definition) if definition else Graph((), ())


def of_states(definition: dict[str, Any]) -> Graph:
    """The graph of a state machine's definition, along what it does where nothing fails."""
    states, names, edges = definition["States"], [definition["StartAt"]], set()
    for name in names:
        for after in _next(states[name]):
            edges.add((name, after))
            if after not in names:
                names.append(after)
    return arrange(names, edges)


def _next(state: dict[str, Any]) -> list[str]:
    ways = [choice["Next"] for choice in state.get("Choices", [])]
    return [*ways, *(state[member] for member in ("Next", "Default") if member in state)]
