"""How a picture comes to the net's size."""

import numpy as np
import pytest
from PIL import Image

from evaluation.fit import fit


def image(width: int, height: int) -> Image.Image:
    pixels = np.random.default_rng(width * height).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def test_a_small_picture_is_cropped_to_its_centre_without_resampling() -> None:
    given = image(32, 32)
    expected = np.asarray(given)[2:30, 2:30].transpose(2, 0, 1)
    assert np.array_equal(fit(given, 28, 28), expected)


def test_a_picture_of_the_nets_size_stays_as_it_is() -> None:
    given = image(32, 32)
    assert np.array_equal(fit(given, 32, 32), np.asarray(given).transpose(2, 0, 1))


@pytest.mark.parametrize("size", [(32, 32), (64, 48), (10, 500), (333, 250), (28, 29), (1, 1)])
@pytest.mark.parametrize("net", [(28, 28), (32, 32), (224, 224), (28, 56)])
def test_any_picture_comes_out_at_the_nets_size(size: tuple[int, int], net: tuple[int, int]) -> None:
    fitted = fit(image(*size), *net)
    assert fitted.shape == (3, *net)
    assert fitted.dtype == np.float32
    assert fitted.min() >= 0
    assert fitted.max() <= 255


def test_values_are_raw_pixels_in_rgb_order() -> None:
    fitted = fit(Image.new("RGB", (28, 28), (10, 20, 30)), 28, 28)
    assert fitted[:, 0, 0].tolist() == [10.0, 20.0, 30.0]


def test_a_grey_picture_has_three_equal_channels() -> None:
    fitted = fit(Image.new("L", (28, 28), 77), 28, 28)
    assert np.unique(fitted).tolist() == [77.0]
