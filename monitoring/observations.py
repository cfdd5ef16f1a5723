"""Captures to rows: measure each image, read each answer, count what cannot be."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from PIL import Image

from monitoring import images, payload
from monitoring.baseline_files import Reference
from monitoring.batch import Batch
from monitoring.captures import Capture
from monitoring.labels import Labels
from monitoring.outliers import Outliers, shorten
from monitoring.running_statistics import RunningStatistics


class Observation:
    """All that a run learns from its captures, in memory that does not grow with them."""

    def __init__(self, reference: Reference, labels: Labels) -> None:
        self._reference, self._labels = reference, labels
        self.counts: Counter[str] = Counter()
        self.measured, self.outliers = RunningStatistics(), Outliers(reference)
        self.confusion = np.zeros((len(reference.names), len(reference.names)), dtype=np.int64)
        self._batch = Batch(reference.side, reference.names)
        self._events: list[str] = []

    def take(self, captures: Iterable[Capture]) -> None:
        """Observe all, a batch at a time; none is kept."""
        for capture in captures:
            answer = self._read_answer(capture.answered)
            size = None if capture.sent is None else len(capture.sent)
            self._batch.add(self._read_image(capture.sent), size, answer)
            self._events.append(shorten(capture.event_id))
            truth = None if answer is None else self._labels.find(capture)
            if answer is not None and truth is not None:
                self.confusion[truth, int(np.argmax(answer))] += 1
            if self._batch.is_full:
                self._measure()
        self._measure()

    def _measure(self) -> None:
        rows = self._batch.measure()
        self.measured.add(rows)
        self.outliers.offer(rows, *self._batch.images(), self._events)
        self._batch.clear()
        self._events.clear()

    def _read_image(self, sent: bytes | None) -> Image.Image | None:
        if sent is None:
            self.counts["no_picture"] += 1
            return None
        image = images.decode(sent)
        if image is None:
            self.counts["undecodable"] += 1
        return image

    def _read_answer(self, answered: bytes | None) -> list[float] | None:
        """One probability for each class of the baseline."""
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
        return probabilities
