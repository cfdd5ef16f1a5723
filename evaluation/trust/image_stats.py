"""How the images of a split look: fingerprints to find equal ones by, and brightness, sharpness and size."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from evaluation.split import Split

THUMB = 8
LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True)
class ImageStats:
    """One row an image, some 250 bytes each; the images themselves are not kept."""

    split: Split
    digests: NDArray[np.bytes_]
    hashes: NDArray[np.uint64]
    thumbs: NDArray[np.uint8]
    brightness: NDArray[np.float64]
    sharpness: NDArray[np.float64]
    longer_side: NDArray[np.int64]


def compute_stats(split: Split) -> ImageStats:
    """Look at every image of a split, one at a time."""
    seen = [_one(split.open(path)) for path in split.paths]
    digests, hashes, thumbs, brightness, sharpness, sides = zip(*seen, strict=True)
    return ImageStats(
        split,
        np.array(digests, dtype="S64"),
        np.array(hashes, dtype=np.uint64),
        np.stack(thumbs),
        np.array(brightness),
        np.array(sharpness),
        np.array(sides),
    )


def difference_hash(image: Image.Image) -> int:
    """64 bits: in each row of 9 greys, which neighbour is the brighter. It survives scaling and encoding."""
    grey = np.asarray(image.convert("L").resize((9, 8), Image.Resampling.BILINEAR), dtype=np.int16)
    bits = np.packbits((grey[:, 1:] > grey[:, :-1]).ravel())
    return int.from_bytes(bits.tobytes(), "big")


def _one(image: Image.Image) -> tuple[str, int, NDArray[np.uint8], float, float, int]:
    pixels = np.asarray(image)
    header = b"%dx%d:" % image.size
    grey = pixels @ LUMA
    steps = np.abs(np.diff(grey, axis=0)).mean() + np.abs(np.diff(grey, axis=1)).mean()
    thumb = np.asarray(image.resize((THUMB, THUMB), Image.Resampling.BOX))
    digest = hashlib.sha256(header + pixels.tobytes()).hexdigest()
    return digest, difference_hash(image), thumb, float(grey.mean()), float(steps), max(image.size)
