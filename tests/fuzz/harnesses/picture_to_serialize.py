"""Images sent to the inference workflow: `serialize_image`."""

from __future__ import annotations

from contextlib import suppress

from serialize_image.errors import BadPicture
from serialize_image.fit import to_png
from serialize_image.picture import read
from serialize_image.settings import Limits

from tests.fuzz.corpus import pictures, repaired

SEEDS = pictures()
_LIMITS = Limits(most_pixels=1_000_000)


def one_input(data: bytes) -> None:
    """An image becomes the PNG for the endpoint, or is refused."""
    with suppress(BadPicture):
        to_png(read(repaired(data), _LIMITS), 28)
