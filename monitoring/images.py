"""A captured image's bytes to the pixels that the model saw."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from common.images import BadImage, Limits, decoded, to_eight_bits

LIMITS = Limits(most_bytes=8 * 1024 * 1024)  # InvokeEndpoint takes 6 MB

Pixels = NDArray[np.uint8]


def decode(data: bytes) -> Image.Image | None:
    """Decode a PNG or JPEG; None for what is none, is broken or too large. `format` tells which it was.

    The endpoint's container does not turn images as their EXIF says, so neither does this.
    """
    try:
        with decoded(data, LIMITS) as image:
            rgb = to_eight_bits(image).convert("RGB")
            rgb.format = image.format
            return rgb
    except BadImage:
        return None
