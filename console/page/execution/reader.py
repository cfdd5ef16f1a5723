"""One execution with its graph, and what a step of it was given and has made, from the description of its job."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from common.masking import mask_arguments, mask_document, mask_value, mask_values
from console.joblogs import Tails
from console.page.fixed import fetch_fixed
from console.page.graph import Graph, build_graph
from console.page.jobs import SETTLED, fetch_job, list_outputs
from console.page.source import Source
from console.page.storage import Size, fetch_size
from console.progress.snapshot import (
    Client,
    Snapshot,
    StepView,
    Training,
    fetch_snapshot,
    fetch_training,
    flatten_steps,
)

# CloudWatch may show a job's last lines after the job has ended.
_LATE_SECONDS = 60.0


@dataclass(frozen=True)
class Execution:
    """A snapshot, the graph that it fills, and the parameters, changed or not, as they may be shown."""

    snapshot: Snapshot
    graph: Graph
    parameters: dict[str, str]

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
    except sagemaker.exceptions.ResourceNotFound:
        return False
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
    return Execution(snapshot, parse_graph(known.definition), mask_values(known.parameters))


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


@dataclass(frozen=True)
class Place:
    """The address of an input or output, and how much is stored there."""

    name: str
    uri: str
    size: Size | None


@dataclass(frozen=True)
class Step:
    """What is shown of one step besides its state."""

    facts: tuple[tuple[str, str], ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    inputs: tuple[Place, ...] = ()
    outputs: tuple[Place, ...] = ()


def fetch_step(source: Source, step: StepView) -> Step:
    """Fetch a step's job and the sizes of its files."""
    kind, described = fetch_job(source, step.metadata)
    if described is None:
        return Step(facts=tuple(_plain(step.metadata)))
    settled = described.get(f"{kind}Status") in SETTLED
    return Step(
        facts=tuple(_facts(kind, described)),
        arguments=tuple(_arguments(described)),
        inputs=tuple(_measured(source, _inputs(described), settled)),
        outputs=tuple(_measured(source, list_outputs(described), settled)),
    )


def _inputs(described: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for given in described.get("ProcessingInputs", []):
        yield given["InputName"], given.get("S3Input", {}).get("S3Uri", "")
    for channel in described.get("InputDataConfig", []):
        yield channel["ChannelName"], channel["DataSource"].get("S3DataSource", {}).get("S3Uri", "")
    for container in described.get("InferenceSpecification", {}).get("Containers", []):
        yield "model", container.get("ModelDataUrl", "")


def _measured(source: Source, places: Iterator[tuple[str, str]], settled: bool) -> Iterator[Place]:
    for name, uri in places:
        size = None
        if uri.startswith("s3://"):
            size = source.once(("size", uri), lambda uri=uri: fetch_size(source, uri), lambda _: settled)  # type: ignore[misc]
        yield Place(name, uri, size)


def _facts(kind: str, described: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "Job", described.get(f"{kind}Name", "")
    yield "Version", str(described.get("ModelPackageVersion", ""))
    specification = described.get("AppSpecification", {}) | described.get("AlgorithmSpecification", {})
    yield "Image", specification.get("ImageUri", "") or specification.get("TrainingImage", "")
    cluster = described.get("ResourceConfig") or described.get("ProcessingResources", {}).get("ClusterConfig", {})
    if cluster.get("InstanceType"):
        yield "Instances", f"{cluster.get('InstanceCount', 1)} x {cluster['InstanceType']}"
    if "BillableTimeInSeconds" in described:
        yield "Billed", f"{described['BillableTimeInSeconds']} s"
    yield "Role", described.get("RoleArn", "").rsplit("/", 1)[-1]
    yield "Message", described.get("ExitMessage", "")


def _arguments(described: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from mask_arguments(described.get("AppSpecification", {}).get("ContainerArguments", []))
    for member in ("HyperParameters", "Environment"):
        yield from sorted(mask_values(described.get(member, {})).items())


def _plain(metadata: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in metadata.items():
        # A Fail step's message is shown as the reason.
        if name == "Fail":
            continue
        yield name, mask_value(name, value) if isinstance(value, str) else json.dumps(mask_document(value, name))
