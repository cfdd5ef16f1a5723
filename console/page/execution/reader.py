"""One execution with its graph and parameters."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from common.aws_errors import get_code
from common.masking import mask_values
from common.training_profile import find_profile
from console.executions import find_version
from console.joblogs import Tails
from console.page.fixed import fetch_fixed
from console.page.graph import Graph, build_graph
from console.page.metrics import fetch_metrics
from console.page.source import Source
from console.progress.snapshot import (
    Client,
    Snapshot,
    StepView,
    Training,
    fetch_snapshot,
    fetch_training,
    flatten_steps,
)
from console.results import parse_trigger

# CloudWatch may show a job's last lines after the job has ended.
_LATE_SECONDS = 60.0


@dataclass(frozen=True)
class Execution:
    """A snapshot, the graph that it fills, the parameters, changed or not, as they may be shown, and its metrics."""

    snapshot: Snapshot
    graph: Graph
    parameters: dict[str, str]
    profile: str = ""
    trigger: str = ""
    metrics: dict[str, float] = field(default_factory=dict)

    @property
    def version(self) -> int | None:
        """The number of the version that it has registered."""
        return find_version(step.metadata for step in self.snapshot.steps)

    @property
    def may_be_retried(self) -> bool:
        """Whether a retry can end otherwise: what a gate has refused it refuses again, on the same numbers."""
        failed = [step for step in self.snapshot.steps if step.status == "Failed"]
        stopped = self.snapshot.status == "Stopped"
        return stopped or (
            self.snapshot.status == "Failed" and (not failed or any(one.type != "Fail" for one in failed))
        )

    def step(self, name: str | None) -> StepView | None:
        return next((step for step in self.snapshot.steps if step.name == name), None)


def find_arn(source: Source, identifier: str) -> str | None:
    """The ARN of an execution of one of the project's pipelines; None where neither has it."""
    project = source.project
    partition = project.role_arn.split(":")[1]
    root = f"arn:{partition}:sagemaker:{project.region}:{project.account}:pipeline"
    places = [f"{root}/{name}/execution/{identifier}" for name in project.pipeline_names]
    return (
        source.once(
            ("place of", identifier), lambda: next((place for place in places if _exists(source, place)), ""), bool
        )
        or None
    )


def _exists(source: Source, place: str) -> bool:
    sagemaker = source.client("sagemaker")
    try:
        sagemaker.describe_pipeline_execution(PipelineExecutionArn=place)
    except sagemaker.exceptions.ClientError as error:
        # What is no identifier at all is none of an execution either.
        if get_code(error) in ("ResourceNotFound", "ValidationException"):
            return False
        raise
    return True


def fetch_execution(source: Source, tails: Tails, identifier: str) -> Execution | None:
    """Fetch an execution, or None where there is none of this name; what cannot change any more is fetched once."""
    place = find_arn(source, identifier)
    if place is None:
        return None
    known = fetch_fixed(source, place)
    snapshot = fetch_snapshot(
        source.client, place, known, lambda client, metadata: _training(source, tails, client, metadata)
    )
    shown = mask_values(known.parameters)
    states = {step.name: {"StepStatus": step.status, "Metadata": step.metadata} for step in snapshot.steps}
    return Execution(
        snapshot,
        parse_graph(known.definition),
        shown,
        profile=find_profile(known.definition) or "",
        trigger=parse_trigger(shown.get("StartedBy", ""), shown.get("StartReason", "")),
        metrics=fetch_metrics(source, known.definition, states),
    )


def _training(source: Source, tails: Tails, client: Client, metadata: dict[str, Any]) -> Training:
    return source.once(
        ("training", metadata["TrainingJob"]["Arn"]),
        lambda: fetch_training(client, metadata, tails.lines),
        lambda read: read.end is not None and time.time() - read.end.timestamp() > _LATE_SECONDS,
    )


def parse_graph(definition: dict[str, Any]) -> Graph:
    """The graph of a pipeline's definition."""
    bodies = [body for body, _ in flatten_steps(definition["Steps"])]
    names = [body["Name"] for body in bodies]
    edges = {(before, body["Name"]) for body in bodies for before in _before(body) if before in names}
    edges |= {(body["Name"], inner["Name"]) for body in bodies for inner in _branches(body)}
    return build_graph(names, edges)


def _before(body: dict[str, Any]) -> set[str]:
    arguments = body.get("Arguments", {})
    if body["Type"] == "Condition":
        arguments = {"Conditions": arguments.get("Conditions", [])}
    return {*body.get("DependsOn", []), *_references(arguments)}


def _branches(body: dict[str, Any]) -> list[dict[str, Any]]:
    arguments = body.get("Arguments", {}) if body["Type"] == "Condition" else {}
    branches: list[dict[str, Any]] = [*arguments.get("IfSteps", []), *arguments.get("ElseSteps", [])]
    return branches


def _references(value: object) -> Iterator[str]:
    """The steps that a value is taken from: `{"Get": "Steps.TrainModel.ModelArtifacts"}`."""
    if isinstance(value, dict):
        path = value.get("Get")
        if isinstance(path, str) and path.startswith("Steps."):
            yield path.split(".")[1]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
