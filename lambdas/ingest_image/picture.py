"""Bytes that somebody sent to an upright RGB picture, or the reason why not: measured first, decoded then."""

from __future__ import annotations

import io
import warnings

from PIL import Image, UnidentifiedImageError

from common.images import to_rgb, upright
from ingest_image.errors import Refusal
from ingest_image.settings import Limits

FORMATS = ("PNG", "JPEG", "WEBP")
LONGEST_SIDE = 100
"""Times the shorter side: a line of one pixel's width shows no vehicle."""


def read(data: bytes, limits: Limits) -> Image.Image:
    """Decode a still picture, told by its content, to upright RGB on white; raises Refusal."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own, lower limit follows
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _measure(image, limits)
                image.load()
                return to_rgb(upright(image))
    except Refusal:
        raise
    except Image.DecompressionBombError:
        # Pillow's own limit, some times ours, speaks before the size can be asked for.
        raise Refusal("too-large", f"The picture has far more than {limits.most_pixels:,} pixels.") from None
    except UnidentifiedImageError:
        raise Refusal("wrong-format", f"The file is no {', '.join(FORMATS)} picture.") from None
    except Exception as error:  # a broken file makes Pillow raise whatever its parts do: struct.error, KeyError ...
        raise Refusal("unreadable", f"The picture is broken or cut off: {error}.") from error


def _measure(image: Image.Image, limits: Limits) -> None:
    width, height = image.size
    shape = f"The picture has {width:,} x {height:,} pixels"
    if width * height > limits.most_pixels:
        raise Refusal("too-large", f"{shape}, and {limits.most_pixels:,} in all are allowed.")
    if min(width, height) < limits.least_side:
        raise Refusal("too-small", f"{shape}, and a side must have at least {limits.least_side}.")
    if max(width, height) > LONGEST_SIDE * min(width, height):
        raise Refusal("too-narrow", f"{shape}, and a side may be {LONGEST_SIDE} times as long as the other.")
    # A JPEG of several frames is a phone's (depth map, preview) and its first frame is the picture; others are films.
    if image.format != "JPEG" and getattr(image, "is_animated", False):
        raise Refusal("animated", f"The {image.format} is animated, and which of its frames was labelled is unknown.")
