"""The endpoint is asked about the very pixels that the evaluation looked at."""

import io

import numpy as np
import pytest
from PIL import Image
from serialize_image.fit import to_png

from evaluation import fit as evaluation
from tests.unit.lambdas.serialize_image.conftest import noise


@pytest.mark.parametrize("side", [28, 32, 224])
@pytest.mark.parametrize("size", [(32, 32), (28, 28), (640, 480), (31, 90), (28, 200), (1000, 999), (5, 7), (1, 300)])
def test_it_fits_as_the_evaluation_does(size: tuple[int, int], side: int) -> None:
    picture = noise(*size)
    sent = Image.open(io.BytesIO(to_png(picture, side)))
    assert (sent.format, sent.mode, sent.size) == ("PNG", "RGB", (side, side))
    expected = evaluation.fit(picture, side, side).transpose(1, 2, 0)
    assert np.array_equal(np.asarray(sent), expected)
