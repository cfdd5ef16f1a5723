"""A tuning job's training job definitions: one, or up to ten that compete; each with its ranges and its objective."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING

from localaws.shapes import Document

if TYPE_CHECKING:
    from optuna import Trial
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

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


@dataclass(frozen=True)
class Proposal:
    """Values to try, and what the search keeps with them."""

    definition: Definition
    tuned: dict[str, str]
    notes: Document


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
        tuple(read(given)),
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


Value = str | int | float
# AWS chooses a scale for `Auto` and does not say how; two powers of ten are where a logarithm begins to pay.
_WIDE = 100


@dataclass(frozen=True)
class Range:
    """One hyperparameter that is searched: a whole number, a number, or one of some texts."""

    name: str
    kind: str
    low: float = 0
    high: float = 0
    scale: str = "Linear"
    texts: tuple[str, ...] = ()

    @cached_property
    def distribution(self) -> CategoricalDistribution | IntDistribution | FloatDistribution:
        """The range as the search sees it."""
        # With numpy it takes a sixth of what the local AWS needs to start; most never search.
        from optuna.distributions import (  # noqa: PLC0415
            CategoricalDistribution,
            FloatDistribution,
            IntDistribution,
        )

        if self.kind == "Categorical":
            return CategoricalDistribution(self.texts)
        low, high, logarithmic = self._bounds
        if self.kind == "Integer":
            return IntDistribution(int(low), int(high), log=logarithmic)
        return FloatDistribution(low, high, log=logarithmic)

    @property
    def _bounds(self) -> tuple[float, float, bool]:
        """Where the search looks for a number: least, most, and whether by its logarithm."""
        if self.scale == "ReverseLogarithmic" and self.kind == "Continuous":
            return 1 - self.high, 1 - self.low, True
        wide = self.low > 0 and self.high / self.low >= _WIDE
        return self.low, self.high, self.scale == "Logarithmic" or (self.scale == "Auto" and wide)

    def suggest(self, trial: Trial, key: str) -> Value:
        """Let the search choose, under a name of its own."""
        if self.kind == "Categorical":
            return str(trial.suggest_categorical(key, self.texts))
        low, high, logarithmic = self._bounds
        if self.kind == "Integer":
            return trial.suggest_int(key, int(low), int(high), log=logarithmic)
        return trial.suggest_float(key, low, high, log=logarithmic)

    def text(self, found: Value) -> str:
        """What the search chose, as a training job gets it."""
        if self.scale == "ReverseLogarithmic":
            return repr(1 - float(found))
        return found if isinstance(found, str) else repr(found)

    def value(self, text: str) -> Value:
        """A hyperparameter's text as the search sees it; raises ValueError where it lies outside the range."""
        if self.kind == "Categorical":
            if text not in self.texts:
                raise ValueError(text)
            return text
        number = int(text) if self.kind == "Integer" else float(text)
        if not self.low <= number <= self.high:
            raise ValueError(text)
        return 1 - number if self.scale == "ReverseLogarithmic" else number


def read(ranges: Document) -> list[Range]:
    """The ranges of a definition, by name; their numbers must have been checked."""
    return sorted(_read_ranges(ranges), key=lambda item: item.name)


def _read_ranges(ranges: Document) -> Iterator[Range]:
    for kind in ("Integer", "Continuous"):
        for item in ranges.get(f"{kind}ParameterRanges") or []:
            low, high = float(item["MinValue"]), float(item["MaxValue"])
            yield Range(item["Name"], kind, low, high, item.get("ScalingType", "Auto"))
    for item in ranges.get("CategoricalParameterRanges") or []:
        yield Range(item["Name"], "Categorical", texts=tuple(item["Values"]))
