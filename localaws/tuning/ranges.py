"""The ranges of one training job definition: how AWS writes them, and how the search sees them.

Hyperparameters are text on their way to a training job. The search works on numbers, on a scale where equal steps
matter equally: a reversed logarithmic range, as a momentum near 1 wants it, is searched as what is missing to 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from optuna import Trial
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

from localaws.shapes import Document

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
        if self.kind == "Categorical":
            return CategoricalDistribution(self.texts)
        if self.kind == "Integer":
            return IntDistribution(int(self.low), int(self.high), log=self._logarithmic)
        if self.scale == "ReverseLogarithmic":
            return FloatDistribution(1 - self.high, 1 - self.low, log=True)
        return FloatDistribution(self.low, self.high, log=self._logarithmic)

    @property
    def _logarithmic(self) -> bool:
        wide = self.low > 0 and self.high / self.low >= _WIDE
        return self.scale == "Logarithmic" or (self.scale == "Auto" and wide)

    def suggest(self, trial: Trial, key: str) -> Value:
        """Let the search choose, under a name of its own."""
        found = self.distribution
        if isinstance(found, CategoricalDistribution):
            return str(trial.suggest_categorical(key, self.texts))
        if isinstance(found, IntDistribution):
            return trial.suggest_int(key, found.low, found.high, log=found.log)
        return trial.suggest_float(key, found.low, found.high, log=found.log)

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
    return sorted(_read(ranges), key=lambda item: item.name)


def _read(ranges: Document) -> Iterator[Range]:
    for kind in ("Integer", "Continuous"):
        for item in ranges.get(f"{kind}ParameterRanges") or []:
            low, high = float(item["MinValue"]), float(item["MaxValue"])
            yield Range(item["Name"], kind, low, high, item.get("ScalingType", "Auto"))
    for item in ranges.get("CategoricalParameterRanges") or []:
        yield Range(item["Name"], "Categorical", texts=tuple(item["Values"]))
