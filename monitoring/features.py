"""What is measured of an image and of a prediction: one row of numbers and words a capture.

A feature is one entry of a table below: its name, how it is computed, and whether it may drift. Statistics, tests,
chart and sentence follow from the entry. A change needs another BASELINE_SCHEMA, see common.monitoring.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from common.images import resize_and_crop
from monitoring.images import Pixels

Vector = NDArray[np.float64]
Given = TypeVar("Given")
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


@dataclass(frozen=True)
class View:
    """An image as features see it: `pixels` and `grey` at the model's size, the others as it was sent."""

    pixels: Pixels
    grey: NDArray[np.float32]
    width: int
    height: int
    bytes: int


@dataclass(frozen=True)
class Feature(Generic[Given]):
    """A number. What may drift is compared with the baseline's distribution, what may not with its values."""

    name: str
    compute: Callable[[Given], float]
    drifts: bool = True
    is_whole: bool = False


def _saturation(view: View) -> float:
    high, low = view.pixels.max(axis=2), view.pixels.min(axis=2)
    return float(((high - low) / np.maximum(high, 1, dtype=np.float32)).mean())


def _sharpness(view: View) -> float:
    grey = view.grey
    edges = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    return float(edges.std())


def _channel(number: int) -> Callable[[View], float]:
    return lambda view: float(view.pixels.mean(axis=(0, 1))[number] / 255)


def _entropy(view: View) -> float:
    """Bits a pixel, by its grey value."""
    counts = np.bincount((view.grey * 255).astype(np.uint8).ravel(), minlength=256)
    shares = counts[counts > 0] / view.grey.size
    return float(-(shares * np.log2(shares)).sum())


OF_IMAGES: tuple[Feature[View], ...] = (
    Feature("brightness", lambda view: float(view.grey.mean())),
    Feature("contrast", lambda view: float(view.grey.std())),
    Feature("sharpness", _sharpness),
    Feature("saturation", _saturation),
    Feature("red", _channel(0)),
    Feature("green", _channel(1)),
    Feature("blue", _channel(2)),
    Feature("entropy", _entropy),
    Feature("width", lambda view: view.width, drifts=False, is_whole=True),
    Feature("height", lambda view: view.height, drifts=False, is_whole=True),
    Feature("bytes", lambda view: view.bytes, is_whole=True),
)
OF_PREDICTIONS: tuple[Feature[Vector], ...] = (
    Feature("confidence", lambda probabilities: float(probabilities.max())),
    Feature("answer_entropy", lambda probabilities: float(-(probabilities * np.log2(probabilities)).sum())),
)
FEATURES: tuple[Feature[View] | Feature[Vector], ...] = (*OF_IMAGES, *OF_PREDICTIONS)
NUMBERS = tuple(feature.name for feature in FEATURES)
DRIFTING = tuple(feature.name for feature in FEATURES if feature.drifts)
WHOLE = frozenset(feature.name for feature in FEATURES if feature.is_whole)
WORDS = ("format", "prediction")

GRID, TURNS, CELLS = 4, 8, 2
SHAPES = GRID * GRID + TURNS * CELLS * CELLS
"""Further numbers that only the test of all at once reads: where it is light, and which way edges run."""


@dataclass
class Row:
    """One capture; NaN and None stand for what is missing."""

    numbers: Vector = field(default_factory=lambda: np.full(len(NUMBERS), np.nan))
    shapes: Vector = field(default_factory=lambda: np.full(SHAPES, np.nan))
    words: list[str | None] = field(default_factory=lambda: [None] * len(WORDS))

    def add_image(self, image: Image.Image, size: int, side: int) -> Pixels:
        """Measure an image of `size` bytes at the model's `side`; answers the pixels measured."""
        pixels: Pixels = np.asarray(resize_and_crop(image, side, side))
        view = View(pixels, pixels @ _LUMA / np.float32(255), *image.size, size)
        self.numbers[: len(OF_IMAGES)] = [feature.compute(view) for feature in OF_IMAGES]
        self.shapes[:] = _shapes(view.grey)
        self.words[0] = image.format
        return pixels

    def add_prediction(self, probabilities: Sequence[float], names: Sequence[str]) -> None:
        """Take down a prediction: one probability a class."""
        given = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-12, 1)
        self.numbers[len(OF_IMAGES) :] = [feature.compute(given) for feature in OF_PREDICTIONS]
        self.words[1] = names[int(given.argmax())]


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
