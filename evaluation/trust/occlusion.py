"""Where the net looked: a plain patch is moved over an image, and what shakes the answer lies beneath it.

It asks the net like any image does, so it works for every net and costs one batch an image.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from evaluation.network import Network
from evaluation.plots import worst
from evaluation.predict import Answers, probabilities
from evaluation.split import Split

MOST = 6
STEPS = 8
"""Places of the patch along each side: 8 x 8 of them are one batch (64)."""

PATCH = 0.25
"""The patch's side as a part of the image's."""

LEAST = 1e-7


@dataclass(frozen=True)
class Occluded:
    """A mistake and its map (height, width): above 0 where the net found what it said."""

    index: int
    image: Image.Image
    heat: NDArray[np.float64]


def explain(network: Network, answers: Answers, split: Split) -> list[Occluded]:
    """Map the worst mistakes."""
    chosen = worst(answers)[:MOST]
    return [_map(network, index, split.open(split.paths[index]), int(answers.predicted[index])) for index in chosen]


def _map(network: Network, index: int, image: Image.Image, said: int) -> Occluded:
    places = _places(image)
    asked = probabilities(network, [_cover(image, place) for place in places])[:, said]
    whole = probabilities(network, [image])[0, said]
    return Occluded(index, image, _spread(image, places, _log_odds(whole) - _log_odds(asked)))


def _places(image: Image.Image) -> list[tuple[int, int, int, int]]:
    """Left, top, right and bottom of each place of the patch; the first and last lie at the edges."""
    width, height = (max(1, round(PATCH * side)) for side in image.size)
    lefts = np.linspace(0, image.width - width, STEPS).round().astype(int).tolist()
    tops = np.linspace(0, image.height - height, STEPS).round().astype(int).tolist()
    return [(left, top, left + width, top + height) for top in tops for left in lefts]


def _cover(image: Image.Image, place: tuple[int, int, int, int]) -> Image.Image:
    """Put the image's own mean colour over a place: black would be something to see."""
    mean = np.asarray(image).mean(axis=(0, 1)).round().astype(int).tolist()
    covered = image.copy()
    covered.paste((mean[0], mean[1], mean[2]), place)
    return covered


def _spread(
    image: Image.Image, places: list[tuple[int, int, int, int]], drops: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give each pixel the mean of the drops of the patches that lay on it."""
    heat, count = np.zeros((image.height, image.width)), np.zeros((image.height, image.width))
    for (left, top, right, bottom), drop in zip(places, drops, strict=True):
        heat[top:bottom, left:right] += drop
        count[top:bottom, left:right] += 1
    return heat / np.maximum(count, 1)


def _log_odds(share: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities near 1 hardly move; their log odds do."""
    inside = np.clip(share, LEAST, 1 - LEAST)
    return np.asarray(np.log(inside) - np.log1p(-inside))
