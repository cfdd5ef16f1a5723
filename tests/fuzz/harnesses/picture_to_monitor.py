"""The image in a capture, which may be anything."""

from __future__ import annotations

from common.images import encode_png, resize_and_crop
from monitoring.images import decode
from tests.fuzz.corpus import pictures, repaired

SEEDS = pictures()


def one_input(data: bytes) -> None:
    """A captured image is decoded, or counted as none."""
    image = decode(repaired(data))
    if image is not None:
        encode_png(resize_and_crop(image, 28, 28))
