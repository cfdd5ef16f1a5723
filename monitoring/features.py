"""What is measured of a picture and of an answer: one row of numbers and words a capture."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from common.images import resize_and_crop
from monitoring.images import Pixels

LOOKS = ("brightness", "contrast", "sharpness", "saturation", "red", "green", "blue", "entropy")
SIZES = ("width", "height", "bytes")
ANSWERS = ("confidence", "answer_entropy")
NUMBERS = (*LOOKS, *SIZES, *ANSWERS)
WORDS = ("format", "prediction")
DRIFTING = (*LOOKS, "bytes", *ANSWERS)
"""Numbers that are held against the baseline's distribution; width and height against its values."""
INTEGRAL = frozenset(SIZES)
SCHEMA = 2
"""Which features a baseline holds, and how. Raise it with every change of them or of statistics.json: what was measured
under another number is measured again, see refresh_workflow.baseline. Until 1, baselines named no number."""
GRID, TURNS, CELLS = 4, 8, 2
SHAPES = GRID * GRID + TURNS * CELLS * CELLS
"""Further numbers that only the test of all at once looks at: where it is light, and which way edges run."""

Vector = NDArray[np.float64]
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


@dataclass
class Row:
    """One capture; NaN and None stand for what is missing."""

    numbers: Vector = field(default_factory=lambda: np.full(len(NUMBERS), np.nan))
    shapes: Vector = field(default_factory=lambda: np.full(SHAPES, np.nan))
    words: list[str | None] = field(default_factory=lambda: [None] * len(WORDS))

    def see(self, image: Image.Image, size: int, side: int) -> Pixels:
        """Measure a picture of `size` bytes, fitted to the model's `side`; answers the pixels measured."""
        pixels: Pixels = np.asarray(resize_and_crop(image, side, side))
        grey = pixels @ _LUMA / np.float32(255)
        self.numbers[: len(LOOKS)] = _looks(pixels, grey)
        self.numbers[len(LOOKS) : len(LOOKS) + len(SIZES)] = (*image.size, size)
        self.shapes[:] = _shapes(grey)
        self.words[0] = image.format
        return pixels

    def hear(self, probabilities: Sequence[float], names: Sequence[str]) -> None:
        """Take down an answer: one probability a class."""
        given = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-12, 1)
        self.numbers[-2:] = given.max(), -(given * np.log2(given)).sum()
        self.words[1] = names[int(given.argmax())]


def _looks(pixels: Pixels, grey: NDArray[np.float32]) -> list[float]:
    high, low = pixels.max(axis=2), pixels.min(axis=2)
    saturation = (high - low) / np.maximum(high, 1, dtype=np.float32)
    edges = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    channels = pixels.mean(axis=(0, 1)) / 255
    return [
        float(grey.mean()),
        float(grey.std()),
        float(edges.std()),
        float(saturation.mean()),
        *(float(channel) for channel in channels),
        _entropy(grey),
    ]


def _entropy(grey: NDArray[np.float32]) -> float:
    """Bits a pixel, by its grey value."""
    counts = np.bincount((grey * 255).astype(np.uint8).ravel(), minlength=256)
    shares = counts[counts > 0] / grey.size
    return float(-(shares * np.log2(shares)).sum())


def _shapes(grey: NDArray[np.float32]) -> Vector:
    """Light by the cells of a grid, and edges by direction in each quarter; of neither does brightness matter."""
    side = grey.shape[0] // GRID * GRID
    square = grey[:side, :side]
    light = square.reshape(GRID, side // GRID, GRID, side // GRID).mean(axis=(1, 3)).ravel()
    light = (light - light.mean()) / max(float(square.std()), 1e-3)
    across, down = square[1:-1, 2:] - square[1:-1, :-2], square[2:, 1:-1] - square[:-2, 1:-1]
    strength = np.hypot(across, down)
    turn = (np.arctan2(down, across) * (TURNS / np.pi)).astype(np.int64) % TURNS  # an edge has no front and back
    half = np.arange(side - 2) * CELLS // (side - 2)
    place = (half[:, None] * CELLS + half[None, :]) * TURNS + turn
    edges = np.bincount(place.ravel(), weights=strength.ravel(), minlength=TURNS * CELLS * CELLS)
    return np.concatenate([light, edges / max(float(strength.sum()), 1e-3)])
