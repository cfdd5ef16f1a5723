"""What a capture holds of an image: the endpoint was sent anything."""

from __future__ import annotations

from monitoring.picture import encode, fit, read
from tests.fuzz.corpus import pictures, repaired

SEEDS = pictures()


def one_input(data: bytes) -> None:
    """A captured image becomes pixels, or is none."""
    image = read(repaired(data))
    if image is not None:
        encode(fit(image, 28))
