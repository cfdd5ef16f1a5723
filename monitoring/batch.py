"""Captures gathered until there are enough of them to be measured at once, which costs a fraction of one by one.

Only what is measured is kept of one: its image at the model's size, however large it came. So the memory that a batch
takes is bounded by its pixels.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from common.images import resize_and_crop
from monitoring.features import NUMBERS, OF_IMAGES, OF_PREDICTIONS, SHAPES, Rows, View, measure_shapes
from monitoring.images import Pixels

MOST_ROWS = 64
MOST_PIXELS = 1 << 16
_BYTES = NUMBERS.index("bytes")


class Batch:
    """Up to `capacity` captures of a model that takes images of `side` pixels a side."""

    def __init__(self, side: int, names: Sequence[str]) -> None:
        self._side, self._names = side, names
        self.capacity = min(MOST_ROWS, max(1, MOST_PIXELS // side**2))
        self._pixels = np.empty((self.capacity, side, side, 3), dtype=np.uint8)
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self._rows = 0
        self._of_images: list[int] = []
        """The row of each image, and so of each size and format."""
        self._sizes: list[tuple[int, int]] = []
        self._formats: list[str | None] = []
        self._bytes = np.full(self.capacity, np.nan)
        self._of_answers: list[int] = []
        self._answers: list[Sequence[float]] = []

    @property
    def is_full(self) -> bool:
        return self._rows == self.capacity

    def add(self, image: Image.Image | None, size: int | None, probabilities: Sequence[float] | None) -> None:
        """Add a capture: its image where it can be read, how many bytes came, and one probability a class."""
        if image is not None:
            self._pixels[len(self._of_images)] = resize_and_crop(image, self._side, self._side)
            self._of_images.append(self._rows)
            self._sizes.append(image.size)
            self._formats.append(image.format)
        if size is not None:
            self._bytes[self._rows] = size
        if probabilities is not None:
            self._of_answers.append(self._rows)
            self._answers.append(probabilities)
        self._rows += 1

    def images(self) -> tuple[list[int], Pixels]:
        """The rows that have an image, and their pixels (images, side, side, 3)."""
        return self._of_images, self._pixels[: len(self._of_images)]

    def measure(self) -> Rows:
        """Measure what was added."""
        numbers = np.full((self._rows, len(NUMBERS)), np.nan)
        numbers[:, _BYTES] = self._bytes[: self._rows]
        shapes = np.full((self._rows, SHAPES), np.nan)
        formats: list[str | None] = [None] * self._rows
        predictions: list[str | None] = [None] * self._rows
        if self._of_images:
            rows, pixels = self.images()
            width, height = np.array(self._sizes, dtype=np.float64).T
            view = View.of(pixels, width, height, numbers[rows, _BYTES])
            numbers[rows, : len(OF_IMAGES)] = np.column_stack([feature.compute(view) for feature in OF_IMAGES])
            shapes[rows] = measure_shapes(view.grey)
            for row, kind in zip(rows, self._formats, strict=True):
                formats[row] = kind
        if self._of_answers:
            given = np.clip(np.array(self._answers, dtype=np.float64), 1e-12, 1)
            measured = [feature.compute(given) for feature in OF_PREDICTIONS]
            numbers[self._of_answers, len(OF_IMAGES) :] = np.column_stack(measured)
            for row, answer in zip(self._of_answers, given.argmax(axis=1), strict=True):
                predictions[row] = self._names[answer]
        return Rows(numbers, shapes, (formats, predictions))
