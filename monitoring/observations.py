"""Captures to rows: measure each image, read each answer, count what cannot be."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from monitoring import images, payload
from monitoring.baseline_files import Reference
from monitoring.captures import Capture
from monitoring.features import NUMBERS, Row
from monitoring.labels import Labels
from monitoring.outliers import Outliers
from monitoring.running_statistics import RunningStatistics

if TYPE_CHECKING:
    from monitoring.images import Pixels

_BYTES = NUMBERS.index("bytes")


class Observation:
    """All that a run learns from its captures, in memory that does not grow with them."""

    def __init__(self, reference: Reference, labels: Labels) -> None:
        self._reference, self._labels = reference, labels
        self.counts: Counter[str] = Counter()
        self.measured, self.outliers = RunningStatistics(), Outliers(reference)
        self.confusion = np.zeros((len(reference.names), len(reference.names)), dtype=np.int64)

    def take(self, captures: Iterable[Capture]) -> None:
        """Observe one after the other; none is kept."""
        for capture in captures:
            row = Row()
            pixels = self._see(row, capture.sent)
            answer = self._hear(row, capture.answered)
            self.measured.add(row)
            if pixels is not None:
                self.outliers.offer(row, pixels, capture)
            truth = None if answer is None else self._labels.find(capture)
            if truth is not None:
                self.confusion[truth, answer] += 1

    def _see(self, row: Row, sent: bytes | None) -> "Pixels | None":
        if sent is None:
            self.counts["no_picture"] += 1
            return None
        image = images.decode(sent)
        if image is None:
            self.counts["undecodable"] += 1
            row.numbers[_BYTES] = len(sent)
            return None
        return row.add_image(image, len(sent), self._reference.side)

    def _hear(self, row: Row, answered: bytes | None) -> int | None:
        if answered is None:
            self.counts["no_answer"] += 1
            return None
        probabilities = payload.probabilities(answered)
        if probabilities is None:
            self.counts["unreadable"] += 1
            return None
        more = len(probabilities) - len(self._reference.names)
        if more:
            self.counts["more_classes" if more > 0 else "fewer_classes"] += 1
            return None
        row.add_prediction(probabilities, self._reference.names)
        return int(np.argmax(probabilities))
