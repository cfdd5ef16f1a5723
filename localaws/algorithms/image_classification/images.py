"""Encoded images to arrays of pixels, with a limit on what one image may take."""

import io
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from common.images import to_eight_bits

MAX_PIXELS = 50_000_000
MODES: dict[int, Literal["L", "RGB"]] = {1: "L", 3: "RGB"}
FORMATS = ("PNG", "JPEG")

Pixels = npt.NDArray[np.uint8]


class ImageError(ValueError):
    """Bytes that are not an image this algorithm takes; the message is the rest of a sentence."""


def decode(source: Path | bytes, channels: int) -> Image.Image:
    """Decode a PNG or JPEG file, or its bytes, to 1 (grey) or 3 (RGB) channels of 8 bits; 16 bits are scaled.

    Raises ImageError for anything else and for more than 50 million pixels (a small file can claim any
    size, and its pixels would fill the memory).
    """
    try:
        with Image.open(_readable(source), formats=FORMATS) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise ImageError(f"has {width} x {height} pixels, and {MAX_PIXELS:,} are allowed")
            image.load()
            decoded = to_eight_bits(image)
            return decoded if decoded.mode == MODES[channels] else decoded.convert(MODES[channels])
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        raise ImageError(f"has far more than the {MAX_PIXELS:,} pixels that are allowed") from error
    except Exception as error:  # a broken file makes Pillow raise whatever its parts do: struct.error, KeyError ...
        raise ImageError("is not a whole PNG or JPEG image") from error


def _readable(source: Path | bytes) -> Path | io.BytesIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source


def to_pixels(image: Image.Image) -> Pixels:
    """Give an image's pixels as (height, width, channels), 0 to 255."""
    # Faster than to ask for an array: what Pillow tells NumPy of an image is put together in Python.
    return np.frombuffer(image.tobytes(), np.uint8).reshape(image.height, image.width, -1)


def resize_shorter_side(image: Image.Image, length: int) -> Image.Image:
    """Resize so that the shorter side has ``length`` pixels and the aspect ratio stays."""
    scale = length / min(image.size)
    width, height = (max(length, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BILINEAR)


def crop_centre(pixels: Pixels, height: int, width: int) -> Pixels:
    """Cut the middle out of an image that is at least as large."""
    top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
    return pixels[top : top + height, left : left + width]


def to_network_input(images: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
    """Reorder (count, height, width, channels) to the network's (count, channels, height, width) floats."""
    return np.ascontiguousarray(images.transpose(0, 3, 1, 2), np.float32)
