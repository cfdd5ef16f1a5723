"""What is remembered of an image once its pixels are gone."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.labels import LABELS

Pixels = NDArray[np.uint8]
"""RGB pixels, shape (height, width, 3)."""

TRAIN, TEST, CURATED = "train", "test", "curated"
"""Where an image may come from: the archive's two files, or the images gathered since."""


@dataclass(frozen=True)
class LabelledImage:
    """A labelled image: `origin` is where it comes from, `digest` the SHA-256 of its size and pixels."""

    origin: str
    name: str
    label: int
    digest: str

    def path(self, copy: int = 0) -> str:
        """The path inside its split; an augmented copy (1, 2, ...) stands beside its original."""
        suffix = f"_augmented{copy}" if copy else ""
        return f"{LABELS[self.label]}/{self.name}{suffix}.png"


def digest(pixels: Pixels) -> str:
    """Name an image by what is seen: equal size and equal RGB pixels, whatever the file format."""
    height, width, _ = pixels.shape
    return hashlib.sha256(b"%dx%d:" % (width, height) + pixels.tobytes()).hexdigest()
