"""Images sent to the inference workflow: `serialize_image`."""

from __future__ import annotations

from contextlib import suppress

from serialize_image.serialize import decode

from common.images import Limits, encode_png, resize_and_crop
from common.workflow import BadPicture
from tests.fuzz.corpus import pictures, repaired

SEEDS = pictures()
_LIMITS = Limits(most_pixels=1_000_000)


def one_input(data: bytes) -> None:
    """An image becomes the PNG for the endpoint, or is refused."""
    with suppress(BadPicture):
        encode_png(resize_and_crop(decode(repaired(data), _LIMITS), 28, 28))
