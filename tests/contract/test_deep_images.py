"""Images of 16 bits a pixel: whoever decodes one sees the same greys, and none of them a white sheet."""

import io

import numpy as np
import pytest
from PIL import Image

import common.images
import monitoring.images
from localaws.algorithms.image_classification import images as algorithm

RAMP = np.linspace(0, 65_535, 32 * 32, dtype=np.uint16).reshape(32, 32)


@pytest.fixture(scope="module")
def seen() -> list[list[int]]:
    return np.asarray(common.images.read(_encoded(), common.images.DEFAULT_LIMITS)).tolist()  # type: ignore[no-any-return]


def _encoded() -> bytes:
    body = io.BytesIO()
    Image.fromarray(RAMP).save(body, "PNG")
    return body.getvalue()


def test_the_functions_see_the_high_byte(seen: list[list[int]]) -> None:
    assert np.abs(np.asarray(seen)[:, :, 0].astype(int) - RAMP // 257).max() <= 1


@pytest.mark.parametrize("channels", [1, 3])
def test_the_algorithm_trains_on_and_answers_for_what_the_functions_see(seen: list[list[int]], channels: int) -> None:
    pixels = algorithm.to_pixels(algorithm.decode(_encoded(), channels))
    assert pixels.tolist() == np.asarray(seen)[:, :, :channels].tolist()


def test_monitoring_measures_what_the_functions_see(seen: list[list[int]]) -> None:
    captured = monitoring.images.decode(_encoded())
    assert captured is not None
    assert np.asarray(captured).tolist() == seen
