"""What the net is given of an image."""

import numpy as np
from PIL import Image

from evaluation.predict import to_input


def test_values_are_raw_pixels_in_rgb_order() -> None:
    given = to_input(Image.new("RGB", (32, 40), (10, 20, 30)), 28, 56)
    assert (given.shape, given.dtype) == ((3, 28, 56), np.float32)
    assert given[:, 0, 0].tolist() == [10.0, 20.0, 30.0]
