"""Images that the algorithm's stand-in trains on and classifies."""

from __future__ import annotations

from contextlib import suppress

from localaws.algorithms.image_classification.images import ImageError, decode, to_pixels
from tests.fuzz.corpus import pictures, repaired

SEEDS = pictures()


def one_input(data: bytes) -> None:
    """An image is decoded, or refused with a reason."""
    with suppress(ImageError):
        to_pixels(decode(repaired(data), 3))
