"""The image in a capture, which may be anything."""

from __future__ import annotations

from monitoring.picture import encode, fit, read
from tests.fuzz.corpus import pictures, repaired

SEEDS = pictures()


def one_input(data: bytes) -> None:
    """A captured image is decoded, or counted as none."""
    image = read(repaired(data))
    if image is not None:
        encode(fit(image, 28))
