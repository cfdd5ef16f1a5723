"""The most unusual images of a run, a few of them, small enough to be kept and shown."""

import heapq
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from common.images import encode_png
from monitoring.baseline_files import Reference
from monitoring.captures import Capture
from monitoring.features import NUMBERS, Row
from monitoring.images import Pixels

MOST = 12
SIZES = ("width", "height", "bytes")
SHOWN_SIDE = 64


@dataclass(order=True)
class Outlier:
    """An image with how unusual it is, in deviations of the baseline, and in which number."""

    score: float
    order: int
    png: bytes = field(compare=False)
    event_id: str = field(compare=False)
    why: str = field(compare=False)


class Outliers:
    """Keeps the few that lie farthest from the baseline's mean in any one number."""

    def __init__(self, reference: Reference) -> None:
        self._mean = reference.mean
        self._deviation = np.where(np.isin(NUMBERS, SIZES), np.inf, np.maximum(reference.deviation, 1e-6))
        self._heap: list[Outlier] = []
        self._order = 0

    def offer(self, row: Row, pixels: Pixels, capture: Capture) -> None:
        """Keep an image if it is among the most unusual so far; of equals the earlier."""
        away = np.nan_to_num(np.abs(row.numbers - self._mean) / self._deviation)
        place = int(away.argmax())
        score = float(away[place])
        self._order += 1
        if len(self._heap) == MOST and score <= self._heap[0].score:
            return
        # Nothing that may be large is kept: neither long ids nor long sides.
        image = Image.fromarray(pixels)
        image.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
        kept = Outlier(score, -self._order, encode_png(image), capture.event_id[:64], self._why(row, place, score))
        (heapq.heappush if len(self._heap) < MOST else heapq.heapreplace)(self._heap, kept)

    def images(self) -> list[Outlier]:
        """The most unusual first."""
        return sorted(self._heap, reverse=True)

    def _why(self, row: Row, place: int, score: float) -> str:
        return (
            f"{NUMBERS[place].replace('_', ' ')} is {row.numbers[place]:.3g}, {score:.1f} deviations from the "
            f"baseline's mean of {self._mean[place]:.3g}"
        )
