"""What is measured of an image and of a prediction: a row of numbers and words a capture, of many captures at once.

A feature is one entry of a table below: its name, how it is computed, and whether it may drift. Statistics, tests,
chart and sentence follow from the entry. A change needs another BASELINE_SCHEMA, see common.monitoring.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from monitoring.images import Pixels

Vector = NDArray[np.float64]
Given = TypeVar("Given")
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


@dataclass(frozen=True)
class View:
    """Images as features see them: colours and `grey` at the model's size, the others as each was sent.

    `colours` is (3, images, side, side), `grey` (images, side, side) from 0 to 1, all others (images,).
    """

    colours: Pixels
    grey: NDArray[np.float32]
    width: Vector
    height: Vector
    bytes: Vector

    @classmethod
    def of(cls, pixels: Pixels, width: Vector, height: Vector, size: Vector) -> "View":
        """View RGB pixels (images, side, side, 3)."""
        colours = np.ascontiguousarray(np.moveaxis(pixels, -1, 0))
        return cls(colours, pixels @ _LUMA / np.float32(255), width, height, size)


@dataclass(frozen=True)
class Feature(Generic[Given]):
    """A number of each. What may drift is compared with the baseline's distribution, what may not with its values."""

    name: str
    compute: Callable[[Given], Vector]
    drifts: bool = True
    is_whole: bool = False


def _mean(values: NDArray[np.float32] | Pixels) -> Vector:
    """Each image's mean over all its pixels."""
    return np.asarray(values.reshape(len(values), -1).mean(axis=1), dtype=np.float64)


def _deviation(values: NDArray[np.float32]) -> Vector:
    return np.asarray(values.reshape(len(values), -1).std(axis=1), dtype=np.float64)


def _saturation(view: View) -> Vector:
    red, green, blue = view.colours
    high, low = np.maximum(np.maximum(red, green), blue), np.minimum(np.minimum(red, green), blue)
    return _mean((high - low) / np.maximum(high, 1, dtype=np.float32))


def _sharpness(view: View) -> Vector:
    grey = view.grey
    edges = 4 * grey[:, 1:-1, 1:-1] - grey[:, :-2, 1:-1] - grey[:, 2:, 1:-1] - grey[:, 1:-1, :-2] - grey[:, 1:-1, 2:]
    return _deviation(edges)


def _channel(number: int) -> Callable[[View], Vector]:
    return lambda view: _mean(view.colours[number]) / 255


def _entropy(view: View) -> Vector:
    """Bits a pixel, by its grey value."""
    values = (view.grey * 255).astype(np.int64).reshape(len(view.grey), -1)
    values += 256 * np.arange(len(values))[:, None]
    shares = np.bincount(values.ravel(), minlength=256 * len(values)).reshape(-1, 256) / max(values.shape[1], 1)
    logarithms = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.asarray(-(shares * logarithms).sum(axis=1))


OF_IMAGES: tuple[Feature[View], ...] = (
    Feature("brightness", lambda view: _mean(view.grey)),
    Feature("contrast", lambda view: _deviation(view.grey)),
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
    Feature("confidence", lambda probabilities: probabilities.max(axis=1)),
    Feature("answer_entropy", lambda probabilities: -(probabilities * np.log2(probabilities)).sum(axis=1)),
)
"""Of probabilities (answers, classes)."""
FEATURES: tuple[Feature[View] | Feature[Vector], ...] = (*OF_IMAGES, *OF_PREDICTIONS)
NUMBERS = tuple(feature.name for feature in FEATURES)
DRIFTING = tuple(feature.name for feature in FEATURES if feature.drifts)
WHOLE = frozenset(feature.name for feature in FEATURES if feature.is_whole)
WORDS = ("format", "prediction")

GRID, TURNS, CELLS = 4, 8, 2
SHAPES = GRID * GRID + TURNS * CELLS * CELLS
"""Further numbers that only the test of all at once reads: where it is light, and which way edges run."""


@dataclass(frozen=True)
class Rows:
    """Captures that were measured; NaN and None stand for what is missing.

    `numbers` is (rows, numbers), `shapes` (rows, SHAPES), `words` has a list of the rows' for each of WORDS.
    """

    numbers: Vector
    shapes: Vector
    words: tuple[list[str | None], ...]

    def __len__(self) -> int:
        return len(self.numbers)


def measure_shapes(grey: NDArray[np.float32]) -> Vector:
    """Light by the cells of a grid, and edges by direction in each quarter; of neither does brightness matter.

    Takes (images, side, side), answers (images, SHAPES).
    """
    count, side = len(grey), grey.shape[1] // GRID * GRID
    square = grey[:, :side, :side]
    light = square.reshape(count, GRID, side // GRID, GRID, side // GRID).mean(axis=(2, 4)).reshape(count, -1)
    spread = np.maximum(_deviation(square), 1e-3)
    light = (light - light.mean(axis=1, keepdims=True)) / spread[:, None]
    across = square[:, 1:-1, 2:] - square[:, 1:-1, :-2]
    down = square[:, 2:, 1:-1] - square[:, :-2, 1:-1]
    strength = np.hypot(across, down)
    turn = (np.arctan2(down, across) * (TURNS / np.pi)).astype(np.int64) % TURNS  # an edge has no front and back
    half = np.arange(side - 2) * CELLS // (side - 2)
    place = (half[:, None] * CELLS + half[None, :]) * TURNS + turn
    bins = TURNS * CELLS * CELLS
    place += bins * np.arange(count)[:, None, None]
    edges = np.bincount(place.ravel(), weights=strength.ravel(), minlength=bins * count).reshape(count, bins)
    total = strength.reshape(count, -1).sum(axis=1, dtype=np.float64)
    return np.hstack([light, edges / np.maximum(total, 1e-3)[:, None]])
