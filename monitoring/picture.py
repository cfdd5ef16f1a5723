"""What a picture looks like, in numbers that do not depend on the model."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

BYTES_LIMIT = 6_000_000  # what an endpoint takes
PIXELS_LIMIT = 4096 * 4096
FORMATS = ("PNG", "JPEG")
FEATURES = (
    "brightness",
    "contrast",
    "sharpness",
    "saturation",
    "red",
    "green",
    "blue",
    "entropy",
    "width",
    "height",
    "bytes",
)


class UndecodableError(ValueError):
    """The bytes are no picture that may be decoded."""


def decode(content: bytes) -> tuple[Image.Image, str]:
    """An RGB picture and the name of its format; raises UndecodableError for what is broken or too large."""
    if len(content) > BYTES_LIMIT:
        raise UndecodableError(f"{len(content):,} bytes")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > PIXELS_LIMIT:
                raise UndecodableError(f"{image.width} x {image.height} pixels")
            return image.convert("RGB"), str(image.format)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UndecodableError(str(error)) from error


def measure(image: Image.Image, size: int) -> dict[str, float]:
    """The features of an RGB picture whose file has `size` bytes.

    Brightness, contrast (its deviation) and channels are from 0 to 255, saturation from 0 to 1, entropy in bits;
    sharpness is the deviation of the Laplacian of the brightness.
    """
    rgb = np.asarray(image, dtype=np.float32)
    grey = rgb @ np.array([0.299, 0.587, 0.114], dtype=np.float32)
    highest = rgb.max(axis=-1)
    saturation = (highest - rgb.min(axis=-1)) / np.maximum(highest, 1)
    red, green, blue = (float(value) for value in rgb.mean(axis=(0, 1)))
    return {
        "brightness": float(grey.mean()),
        "contrast": float(grey.std()),
        "sharpness": _sharpness(grey),
        "saturation": float(saturation.mean()),
        "red": red,
        "green": green,
        "blue": blue,
        "entropy": float(image.convert("L").entropy()),
        "width": float(image.width),
        "height": float(image.height),
        "bytes": float(size),
    }


def _sharpness(grey: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> float:
    if min(grey.shape) < 3:
        return 0.0
    edges = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    return float(edges.std())
