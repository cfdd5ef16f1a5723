"""Which instance answers a request: fleets by their share of the traffic, variants by weight, instances in turn."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from localaws.serving.fleet import Fleet, Variant
from localaws.serving.instance import Instance

Candidate = TypeVar("Candidate", bound=Hashable)

_DRAIN_SECONDS = 75.0  # longer than AWS lets an answer take


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
        if len(weights) <= 1:
            return next(iter(weights), None)
        for candidate, weight in weights.items():
            self._credits[candidate] = self._credits.get(candidate, 0.0) + weight
        chosen = max(weights, key=lambda candidate: self._credits[candidate])
        self._credits[chosen] -= sum(weights.values())
        return chosen


@dataclass(frozen=True)
class Lease:
    """An instance that will answer one request, and which fleet and variant it is of."""

    fleet: Fleet
    variant: Variant
    instance: Instance


class Router:
    """The traffic of one endpoint. An instance that lost its share still answers what it has begun."""

    def __init__(self, fleet: Fleet) -> None:
        self._changed = threading.Condition()
        self._shares: tuple[tuple[Fleet, float], ...] = ((fleet, 1.0),)
        self._rotation = Rotation()

    @property
    def fleets(self) -> list[Fleet]:
        """The fleets that have a share, the one that is being replaced first."""
        return [fleet for fleet, _ in self._shares]

    def share(self, *shares: tuple[Fleet, float]) -> None:
        """Give each fleet its part of the traffic, from the next request on."""
        with self._changed:
            self._shares = shares
            self._rotation = Rotation()

    def lease(self, target: str | None) -> Lease | None:
        """An instance for one request, busy until it is given back; None for a target variant that does not exist."""
        with self._changed:
            chosen = self._choose(target)
            if chosen:
                chosen.instance.in_flight += 1
        return chosen

    def give_back(self, lease: Lease) -> None:
        """End a lease: its request has been answered."""
        with self._changed:
            lease.instance.in_flight -= 1
            self._changed.notify_all()

    def drain(self, instances: Sequence[Instance]) -> None:
        """Wait until instances that get no more requests have answered all they have."""
        deadline = time.monotonic() + _DRAIN_SECONDS
        with self._changed:
            self._changed.wait_for(
                lambda: not any(instance.in_flight for instance in instances), deadline - time.monotonic()
            )

    def _choose(self, target: str | None) -> Lease | None:
        weighted = [
            ((fleet, variant), share * (1.0 if target else variant.weight))
            for fleet, share in self._shares
            for variant in fleet.variants.values()
            if target in (None, variant.name) and variant.instances
        ]
        chosen = self._rotation.next(weighted)
        if chosen is None:
            return None
        fleet, variant = chosen
        instance = variant.next_instance()
        return Lease(fleet, variant, instance) if instance else None
