"""Turns by weight."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar

Candidate = TypeVar("Candidate", bound=Hashable)


class Rotation:
    """Gives each candidate its share of the turns, evenly spread: of ten turns at 10 %, exactly one.

    Each turn every candidate earns its weight, the richest is chosen and pays what all have earned (smooth weighted
    round robin). Not safe for several threads at once.
    """

    def __init__(self) -> None:
        self._credits: dict[Hashable, float] = {}

    def next(self, weighted: Iterable[tuple[Candidate, float]]) -> Candidate | None:
        """The candidate whose turn it is; None where no candidate has a weight above 0."""
        weights = {candidate: weight for candidate, weight in weighted if weight > 0}
        if not weights:
            return None
        for candidate, weight in weights.items():
            self._credits[candidate] = self._credits.get(candidate, 0.0) + weight
        chosen = max(weights, key=lambda candidate: self._credits[candidate])
        self._credits[chosen] -= sum(weights.values())
        return chosen
