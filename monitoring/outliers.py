"""The most unusual images of a run, a few of them, small enough to be kept and shown."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from common.images import encode_png
from monitoring.baseline_files import Reference
from monitoring.features import NUMBERS, Rows
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

    def offer(self, rows: Rows, seen: Sequence[int], pixels: Pixels, events: Sequence[str]) -> None:
        """Keep those images that are among the most unusual so far; of equals the earlier.

        `seen` are the rows that have an image, `pixels` theirs, `events` the event ids of all rows.
        """
        away = np.nan_to_num(np.abs(rows.numbers[seen] - self._mean) / self._deviation)
        places = away.argmax(axis=1)
        scores = away[np.arange(len(seen)), places]
        for image, (row, place, score) in enumerate(zip(seen, places.tolist(), scores.tolist(), strict=True)):
            self._order += 1
            if len(self._heap) < MOST or score > self._heap[0].score:
                why = self._why(float(rows.numbers[row, place]), place, score)
                self._keep(Outlier(score, -self._order, _shown(pixels[image]), events[row], why))

    def _keep(self, outlier: Outlier) -> None:
        (heapq.heappush if len(self._heap) < MOST else heapq.heapreplace)(self._heap, outlier)

    def images(self) -> list[Outlier]:
        """The most unusual first."""
        return sorted(self._heap, reverse=True)

    def _why(self, value: float, place: int, score: float) -> str:
        return (
            f"{NUMBERS[place].replace('_', ' ')} is {value:.3g}, {score:.1f} deviations from the "
            f"baseline's mean of {self._mean[place]:.3g}"
        )


def shorten(event_id: str) -> str:
    """As much of an id as is kept of it, which somebody else chose."""
    return event_id[:64]


def _shown(pixels: Pixels) -> bytes:
    """A PNG whose sides are not long, whatever the model's are."""
    image = Image.fromarray(pixels)
    image.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    return encode_png(image)
