"""Experiments, trials and trial components in the store, which component is in which trial, and their metrics.

Their names differ by more than case, and their ARNs are in lower case, as those of jobs are.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from localaws import errors
from localaws.aws import Aws, now
from localaws.names import bare
from localaws.records import tags
from localaws.records.kinds import Kind, store_new
from localaws.shapes import Document

_PLACED = "trial-component-of-trial"
_POINTS = "trial-component-metric"


@dataclass(frozen=True)
class ExperimentKind(Kind):
    """One of the three, and its words in messages."""

    words: str


EXPERIMENT = ExperimentKind("experiment", "Experiment", "Experiment")
TRIAL = ExperimentKind("experiment-trial", "Trial", "Trial")
COMPONENT = ExperimentKind("experiment-trial-component", "TrialComponent", "Trial Component")
KINDS = (EXPERIMENT, TRIAL, COMPONENT)


def find(aws: Aws, kind: ExperimentKind, name_or_arn: str) -> Document | None:
    """One by its name or its ARN."""
    return aws.store.get(kind.noun, bare(name_or_arn).lower())


def get(aws: Aws, kind: ExperimentKind, name_or_arn: str) -> Document:
    """One by its name or its ARN, or the error that AWS answers."""
    document = find(aws, kind, name_or_arn)
    if document is None:
        raise errors.not_found(f"{kind.words} '{bare(name_or_arn)}' does not exist.")
    return document


def create(aws: Aws, kind: ExperimentKind, request: Document) -> Document:
    """Store a new one under the name of a request, with the members and tags that it has."""
    name = request[kind.name]
    if find(aws, kind, name):
        # The SDK's Run expects `already exists` before it loads what is there.
        raise errors.validation(
            f"{kind.words} names must be unique within an AWS account and region. "
            f"{kind.words} with name ({name}) already exists."
        )
    return store_new(aws, kind, name.lower(), request, DisplayName=name)


def change(aws: Aws, kind: ExperimentKind, name: str, **changes: object) -> Document:
    """Commit a change."""
    return aws.store.update(kind.noun, bare(name).lower(), LastModifiedTime=now(), **changes)


def forget(aws: Aws, kind: ExperimentKind, document: Document) -> None:
    """Remove one with its tags and metrics."""
    name = document[kind.name].lower()
    aws.store.delete(kind.noun, name)
    tags.forget(aws, document[kind.arn])
    if kind is COMPONENT:
        for series in aws.store.all(_POINTS, f"{name}/"):
            aws.store.delete(_POINTS, f"{name}/{series['MetricName']}")


def list_trials(aws: Aws, experiment: str) -> list[Document]:
    """The trials of an experiment, by its name."""
    return [item for item in aws.store.all(TRIAL.noun) if item["ExperimentName"].lower() == experiment.lower()]


def place(aws: Aws, component: Document, trial: Document) -> None:
    """Put a component into a trial; it may be in many."""
    names = {"TrialComponentName": component["TrialComponentName"], "TrialName": trial["TrialName"]}
    aws.store.put(_PLACED, _key(*names.values()), {**names, "CreationTime": now()})


def take_out(aws: Aws, component: Document, trial: Document) -> None:
    """Take a component out of a trial."""
    aws.store.delete(_PLACED, _key(component["TrialComponentName"], trial["TrialName"]))


def is_placed(aws: Aws, component: Document, trial: Document) -> bool:
    """Whether a component is in a trial."""
    return aws.store.get(_PLACED, _key(component["TrialComponentName"], trial["TrialName"])) is not None


def list_places(aws: Aws, component: str = "", trial: str = "") -> list[Document]:
    """Which component is in which trial: all, or those of one component or of one trial."""
    found = aws.store.all(_PLACED, f"{component.lower()}/" if component else "")
    return [item for item in found if not trial or item["TrialName"].lower() == trial.lower()]


def list_parents(aws: Aws, component: str) -> Iterator[Document]:
    """The trials that a component is in, with their experiments."""
    for item in list_places(aws, component):
        trial = get(aws, TRIAL, item["TrialName"])
        yield {"TrialName": trial["TrialName"], "ExperimentName": trial["ExperimentName"]}


def _key(component: str, trial: str) -> str:
    return f"{component.lower()}/{trial.lower()}"


def add_points(aws: Aws, component: str, points: Iterable[Document]) -> None:
    """Keep points of metrics, each {MetricName, Value, Timestamp} and Step where it has one."""
    for point in points:
        key = f"{component.lower()}/{point['MetricName']}"
        series = aws.store.get(_POINTS, key) or {"MetricName": point["MetricName"], "Points": []}
        series["Points"].append({name: point[name] for name in ("Value", "Timestamp", "Step") if name in point})
        aws.store.put(_POINTS, key, series)


def list_points(aws: Aws, component: str, metric: str) -> list[Document]:
    """The points of a metric, in the order of their steps and times."""
    series = aws.store.get(_POINTS, f"{bare(component).lower()}/{metric}") or {"Points": []}
    return sorted(series["Points"], key=lambda point: (point.get("Step", -1), point["Timestamp"]))


def summarize_metrics(aws: Aws, component: Document) -> list[Document]:
    """Minimum, maximum, mean, deviation, count and last value of each metric of a component."""
    name = component["TrialComponentName"]
    return [
        {
            "SourceArn": component["TrialComponentArn"],
            **_summary(item["MetricName"], list_points(aws, name, item["MetricName"])),
        }
        for item in aws.store.all(_POINTS, f"{name.lower()}/")
    ]


def _summary(name: str, points: list[Document]) -> Document:
    values = [point["Value"] for point in points]
    return {"MetricName": name, "TimeStamp": points[-1]["Timestamp"], **summarize(values)}


def summarize(values: list[float]) -> Document:
    """The statistics of a metric's values, of which there is at least one."""
    return {
        "Min": min(values),
        "Max": max(values),
        "Avg": math.fsum(values) / len(values),
        "StdDev": statistics.pstdev(values),
        "Count": len(values),
        "Last": values[-1],
    }
