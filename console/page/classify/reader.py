"""Executions of the inference workflow: the states that one has entered, and its output."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from console import workflow
from console.page.graph import Graph, build_graph
from console.page.source import Source

LARGEST = 16 * 1024 * 1024
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Execution:
    """How far an execution is: the status of each state that it has entered, and its end."""

    status: str
    entered: tuple[tuple[str, str], ...]
    retries: int
    output: dict[str, Any]
    error: str


def start(source: Source, name: str, content: bytes) -> str:
    """Upload an image, and start an execution on it; answers its ARN."""
    safe = _UNSAFE.sub("-", name)[-80:] or "image"
    key = f"incoming-inference/{hashlib.sha256(content).hexdigest()[:16]}-{safe}"
    source.client("s3").put_object(Bucket=source.project.bucket, Key=key, Body=content)
    return workflow.start(source, "inference", {"image_uri": f"s3://{source.project.bucket}/{key}"})


def fetch_execution(source: Source, arn: str) -> Execution:
    """How far an execution is; one that has ended is fetched once."""
    return source.once(
        ("workflow execution", arn), lambda: _fetch(source, arn), lambda found: found.status != "RUNNING"
    )


def _fetch(source: Source, arn: str) -> Execution:
    states = source.client("stepfunctions")
    # Described first: the history that is fetched after it is complete where the execution had ended.
    described = states.describe_execution(executionArn=arn)
    pages = states.get_paginator("get_execution_history").paginate(executionArn=arn)
    events = [event for page in pages for event in page["events"]]
    status = described["status"]
    output = {}
    with suppress(ValueError):
        output = json.loads(described.get("output") or "{}")
    error = ": ".join(described[name] for name in ("error", "cause") if described.get(name))
    retried = sum(event["type"] in ("TaskFailed", "LambdaFunctionFailed", "TaskTimedOut") for event in events)
    return Execution(
        status, tuple(_entered(events, status)), retried, output if isinstance(output, dict) else {}, error
    )


def _entered(events: list[dict[str, Any]], status: str) -> Iterator[tuple[str, str]]:
    left = {event["stateExitedEventDetails"]["name"] for event in events if "stateExitedEventDetails" in event}
    for event in events:
        name = event.get("stateEnteredEventDetails", {}).get("name")
        if name in left:
            yield name, "Succeeded"
        elif name:
            # A Fail state is entered and never left.
            yield name, "Executing" if status == "RUNNING" else "Failed"


def fetch_graph(source: Source) -> Graph:
    """The workflow's states, without the transitions that only a failure takes."""
    definition = workflow.find_definition(source)
    return parse_definition(definition) if definition else Graph((), ())


def parse_definition(definition: dict[str, Any]) -> Graph:
    """The graph of a state machine's definition, along what it does where nothing fails."""
    states, names, edges = definition["States"], [definition["StartAt"]], set()
    for name in names:
        for after in _next(states[name]):
            edges.add((name, after))
            if after not in names:
                names.append(after)
    return build_graph(names, edges)


def _next(state: dict[str, Any]) -> list[str]:
    ways = [choice["Next"] for choice in state.get("Choices", [])]
    return [*ways, *(state[member] for member in ("Next", "Default") if member in state)]
