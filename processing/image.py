"""What is remembered of an image once its pixels are gone."""

import hashlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from common.labels import LABELS

Pixels = NDArray[np.uint8]
"""RGB pixels, shape (height, width, 3)."""

TRAIN, TEST, CURATED = "train", "test", "curated"
"""Where an image may come from: the archive's two files, or the images gathered since."""


class LabelledImage(NamedTuple):
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
    return digests(pixels[None])[0]


def digests(pixels: Pixels) -> list[str]:
    """The digest of each of several images of one size, (images, height, width, 3)."""
    count, height, width, _ = pixels.shape
    begun = hashlib.sha256(b"%dx%d:" % (width, height))
    found = []
    for row in np.ascontiguousarray(pixels).reshape(count, 3 * height * width):
        each = begun.copy()
        each.update(row)
        found.append(each.hexdigest())
    return found
