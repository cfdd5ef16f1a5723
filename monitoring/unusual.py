"""The most unusual pictures of a run: far from the baseline in some feature, kept small for the report."""

from __future__ import annotations

import heapq
import io
import itertools
from dataclasses import dataclass

import numpy as np
from PIL import Image

from monitoring.statistics import Reference

MOST = 8
SIDE = 96


@dataclass(frozen=True)
class Oddity:
    """A picture as a small PNG, and in which feature it lies how many deviations away."""

    identity: str
    feature: str
    value: float
    deviations: float
    png: bytes


class Oddities:
    """Keeps the few most unusual pictures of a stream."""

    def __init__(self, reference: Reference) -> None:
        self._usual = {name: _usual(reference.values(name)) for name in reference.features}
        self._heap: list[tuple[float, int, Oddity]] = []
        self._numbers = itertools.count()

    def look(self, identity: str, numbers: dict[str, float], image: Image.Image) -> None:
        """Keep the picture if it is more unusual than those that are kept."""
        feature, deviations = max(
            ((name, self._deviations(name, value)) for name, value in numbers.items() if name in self._usual),
            key=lambda pair: pair[1],
        )
        if len(self._heap) == MOST and deviations <= self._heap[0][0]:
            return
        oddity = Oddity(identity, feature, numbers[feature], deviations, _small(image))
        push = heapq.heappush if len(self._heap) < MOST else heapq.heapreplace
        push(self._heap, (deviations, next(self._numbers), oddity))

    def listed(self) -> list[Oddity]:
        """The kept pictures, the most unusual first."""
        return [oddity for *_, oddity in sorted(self._heap, reverse=True)]

    def _deviations(self, name: str, value: float) -> float:
        mean, deviation = self._usual[name]
        return abs(value - mean) / deviation if deviation > 0 else 0.0


def _usual(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[float, float]:
    return (float(values.mean()), float(values.std())) if len(values) else (0.0, 0.0)


def _small(image: Image.Image) -> bytes:
    copy = image.copy()
    copy.thumbnail((SIDE, SIDE))
    file = io.BytesIO()
    copy.save(file, "PNG")
    return file.getvalue()
