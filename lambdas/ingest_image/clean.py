"""An image as it is kept: pixels and nothing else, in one encoding, so that equal images are equal files."""

from __future__ import annotations

import hashlib

from common.images import MOST_KEPT_PIXELS, BadImage, Limits, encode_png, read, scale_down
from ingest_image.errors import Refusal

FORMATS = ("PNG", "JPEG", "WEBP")
COMPRESSION = 9


def clean(data: bytes, limits: Limits) -> bytes:
    """The image as a PNG without metadata, scaled down to what is kept; raises Refusal.

    A PNG of so many pixels, whatever they show, has half the bytes that PrepareData takes, and no profile trains on
    larger images.
    """
    try:
        image = read(data, limits, FORMATS)
    except BadImage as error:
        raise Refusal(error.reason, str(error)) from error
    return encode_png(scale_down(image, MOST_KEPT_PIXELS), COMPRESSION)


def name(png: bytes) -> str:
    """What a cleaned image is called. Another build of zlib may pack it otherwise: PrepareData compares pixels."""
    return hashlib.sha256(png).hexdigest()
