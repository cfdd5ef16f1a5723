"""The goals: each one's limit for a topic's figures, and whether it is met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.figures import Measured, ratio

Value = Callable[[Measured], float | None]


@dataclass(frozen=True)
class Goal:
    """A figure that must be at most or at least a limit; `why` is shown if it is missed."""

    topic: str
    sentence: str
    value: Value
    limit: float
    at_most: bool = True
    why: str = ""

    def verdict(self, measured: Measured | None) -> str:
        """One cell of the page: met, missed by how much, or not measured."""
        value = self.value(measured) if measured else None
        if value is None:
            return "not measured"
        met = value <= self.limit if self.at_most else value >= self.limit
        if met:
            return f"met: {value:.3g}"
        short = value / self.limit if self.at_most else self.limit / value
        return f"**missed** by a factor of {short:.3g}: {value:.3g}. {self.why}".rstrip()


def overhead_share(measured: Measured) -> float | None:
    """Our engine's cost of a further step as a share of the best peer's; the bare process is subtracted from both."""
    ours, bare = (_median(measured, "a further step", who) for who in (measured.ours, "bare processes"))
    peers = [each for each in measured.peers("a further step") if each.who != "bare processes"]
    if ours is None or bare is None or not peers:
        return None
    return (ours - bare) / (min(peer.median for peer in peers) - bare)


def growth_of(later: str, earlier: str) -> Value:
    """How many times one of our figures is another of them."""

    def value(measured: Measured) -> float | None:
        found, before = _median(measured, later), _median(measured, earlier)
        return found / before if found is not None and before is not None else None

    return value


growth = growth_of("a further step beyond 50", "a further step")
"""The cost of a step beyond the fiftieth, relative to that below."""


def ratio_to(what: str, who: str) -> Value:
    """How many times better ours is than one candidate, for one figure."""

    def value(measured: Measured) -> float | None:
        ours, theirs = measured.find(what), measured.find(what, who)
        return ratio(ours, theirs) if ours and theirs else None

    return value


def first_of(*values: Value) -> Value:
    """The first figure that was measured: sizes from the largest down, as quick runs omit the largest."""
    return lambda measured: next((found for value in values if (found := value(measured)) is not None), None)


def inverse(value: Value) -> Value:
    """How many times more ours takes, where `value` says how many times better it is."""

    def inverted(measured: Measured) -> float | None:
        found = value(measured)
        return None if found is None else 1 / found

    return inverted


def median_of(what: str) -> Value:
    """Our own figure."""
    return lambda measured: _median(measured, what)


def _median(measured: Measured, what: str, who: str | None = None) -> float | None:
    found = measured.find(what, who)
    return found.median if found else None
