"""Ask the net about images: the one place where an image becomes probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from common.images import resize_and_crop
from evaluation.network import BATCH, Network
from evaluation.split import Split


@dataclass(frozen=True)
class Answers:
    """What is true and what the net said: `actual` (n,), `probabilities` (n, 2)."""

    paths: list[str]
    actual: NDArray[np.int64]
    probabilities: NDArray[np.float64]

    @property
    def predicted(self) -> NDArray[np.int64]:
        """The likelier class of each image."""
        return self.probabilities.argmax(axis=1)

    @property
    def right(self) -> NDArray[np.bool_]:
        """Which images are predicted correctly."""
        return self.predicted == self.actual

    @property
    def score(self) -> NDArray[np.float64]:
        """The probability of the positive class, motorcycle."""
        return self.probabilities[:, 1]

    @property
    def confidence(self) -> NDArray[np.float64]:
        """The probability of the answer given."""
        return self.probabilities.max(axis=1)


def predict(network: Network, split: Split) -> Answers:
    """Predict all images of a split, a batch in memory at a time."""
    batches = (split.paths[start : start + BATCH] for start in range(0, len(split.paths), BATCH))
    answered = [probabilities(network, [split.open(path) for path in paths]) for paths in batches]
    return Answers(split.paths, np.asarray(split.labels), np.concatenate(answered))


def probabilities(network: Network, images: Sequence[Image.Image]) -> NDArray[np.float64]:
    """Probabilities (n, classes) of at most BATCH images, each cut to what the net takes."""
    _, height, width = network.facts.input_shape
    return network.probabilities(np.stack([to_input(image, height, width) for image in images]))


def to_input(image: Image.Image, height: int, width: int) -> NDArray[np.float32]:
    """Resize and crop an RGB image to the net's input (3, height, width), from 0 to 255."""
    return np.asarray(resize_and_crop(image, width, height), dtype=np.float32).transpose(2, 0, 1)
