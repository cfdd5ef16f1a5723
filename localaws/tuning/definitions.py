"""A tuning job's training job definitions: one, or up to ten that compete; each with its ranges and its objective."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from localaws.shapes import Document
from localaws.tuning import ranges
from localaws.tuning.ranges import Range

# Where AWS finds Hyperband's MaxResource.
_EPOCHS = ("epochs", "numepochs", "n-epochs", "n_epochs", "num_epochs")


@dataclass(frozen=True)
class Definition:
    """One training job definition. `name` is empty where a tuning job has a single one without a name."""

    name: str
    body: Document
    ranges: tuple[Range, ...]
    metric: str
    maximize: bool

    @property
    def static(self) -> dict[str, str]:
        """The hyperparameters that all its training jobs share."""
        found: dict[str, str] = self.body.get("StaticHyperParameters", {})
        return found

    @property
    def combinations(self) -> int:
        """How many training jobs a grid has; only of categorical ranges."""
        return prod(len(item.texts) for item in self.ranges)


def of(job: Document) -> list[Definition]:
    """The definitions of a tuning job's request or document."""
    config = job["HyperParameterTuningJobConfig"]
    return [_read(config, body) for body in bodies(job)]


def bodies(job: Document) -> list[Document]:
    """The definitions as the request has them."""
    return [*(job.get("TrainingJobDefinitions") or []), *filter(None, [job.get("TrainingJobDefinition")])]


def _read(config: Document, body: Document) -> Definition:
    objective = objective_of(config, body)
    given = body.get("HyperParameterRanges") or config.get("ParameterRanges") or {}
    return Definition(
        body.get("DefinitionName", ""),
        body,
        tuple(ranges.read(given)),
        objective.get("MetricName", ""),
        objective.get("Type") != "Minimize",
    )


def objective_of(config: Document, body: Document) -> Document:
    """What a definition's training jobs are measured by: its own objective, or that of the whole job."""
    found: Document = body.get("TuningObjective") or config.get("HyperParameterTuningJobObjective") or {}
    return found


def resources(job: Document) -> tuple[int, int]:
    """The fewest and the most epochs that Hyperband gives to a training job; (1, 0) where the most is not known."""
    strategy = job["HyperParameterTuningJobConfig"].get("StrategyConfig") or {}
    given = strategy.get("HyperbandStrategyConfig") or {}
    static = [item for body in bodies(job) for item in (body.get("StaticHyperParameters") or {}).items()]
    stated = [int(value) for name, value in static if name in _EPOCHS and value.isdecimal()]
    return given.get("MinResource", 1), given.get("MaxResource") or max(stated, default=0)
