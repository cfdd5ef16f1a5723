"""Bytes that somebody sent to an upright RGB image, or the error that the workflow's Catch knows by its name."""

from __future__ import annotations

from PIL import Image

from common import images
from common.images import Limits
from serialize_image.errors import BadPicture


def read(data: bytes, limits: Limits) -> Image.Image:
    """Decode a PNG or JPEG (told by its content) to upright RGB on white; raises BadPicture."""
    try:
        return images.read(data, limits)
    except images.BadImage as error:
        raise BadPicture(str(error)) from error
