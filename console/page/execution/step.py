"""What a step of an execution was given and has made, from the description of its job."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from common.masking import mask_arguments, mask_document, mask_value, mask_values
from console import tuning
from console.page.execution.artifacts import write_address
from console.page.execution.gate import Comparison, fetch_comparisons
from console.page.execution.reader import Execution
from console.page.fixed import fetch_fixed
from console.page.jobs import SETTLED, fetch_job, list_outputs
from console.page.source import Source
from console.page.storage import Size, fetch_size
from console.progress.snapshot import StepView

_ADDRESS = re.compile(r"s3://\S+?/[\w./-]+\.html")


@dataclass(frozen=True)
class Trial:
    """A training of a search: its name, status, accuracy on validation, definition and what was tuned."""

    name: str
    status: str
    accuracy: float | None
    definition: str
    values: Mapping[str, str] = field(default_factory=dict)


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
    comparisons: tuple[Comparison, ...] = ()
    trials: tuple[Trial, ...] = ()
    report: str = ""
    """The page's address of the report that the step's reason names."""


def fetch_step(source: Source, read: Execution, step: StepView) -> Step:
    """Fetch a step's job and the sizes of its files, a condition's comparisons, a search's trials."""
    kind, described = fetch_job(source, step.metadata)
    report = _find_report(source, read, step.reason or "")
    if described is None:
        return Step(
            facts=tuple(_plain(step.metadata)) if step.type not in ("Condition", "Tuning") else (),
            comparisons=tuple(_fetch_comparisons(source, read, step)),
            trials=tuple(_fetch_trials(source, read, step)),
            report=report,
        )
    settled = described.get(f"{kind}Status") in SETTLED
    return Step(
        facts=tuple(_facts(kind, described)),
        arguments=tuple(_arguments(described)),
        inputs=tuple(_measured(source, _inputs(described), settled)),
        outputs=tuple(_measured(source, list_outputs(described), settled)),
        report=report,
    )


def _fetch_comparisons(source: Source, read: Execution, step: StepView) -> list[Comparison]:
    if step.type != "Condition" or not step.start:
        return []
    steps = {one.name: one for one in read.snapshot.steps}
    return fetch_comparisons(source, fetch_fixed(source, read.snapshot.arn), steps, step.name)


def _fetch_trials(source: Source, read: Execution, step: StepView) -> Iterator[Trial]:
    if "TuningJob" not in step.metadata:
        return
    for trial in tuning.list_trials_of(source.client("sagemaker"), read.snapshot.arn):
        yield Trial(
            trial["TrainingJobName"],
            trial["TrainingJobStatus"],
            tuning.accuracy(trial),
            trial.get("TrainingJobDefinitionName", ""),
            mask_values(trial.get("TunedHyperParameters", {})),
        )


def _find_report(source: Source, read: Execution, reason: str) -> str:
    """The page's address of a report in a reason, where a step of the execution has made it."""
    named = _ADDRESS.search(reason)
    for step in read.snapshot.steps if named else ():
        _, job = fetch_job(source, step.metadata)
        for output, root in list_outputs(job or {}):
            if named and named[0].startswith(f"{root.rstrip('/')}/"):
                file = named[0].removeprefix(f"{root.rstrip('/')}/")
                return write_address(read.snapshot.arn.rsplit("/", 1)[1], step.name, output, file)
    return ""


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
