"""Captures measured together have the numbers that each has alone."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from monitoring.batch import Batch
from monitoring.features import NUMBERS, OF_IMAGES, Rows
from tests.unit.monitoring.conftest import NAMES, answer, pixels


def _measure(numbers: range, side: int = 28) -> Rows:
    batch = Batch(side, NAMES)
    for number in numbers:
        batch.add(Image.fromarray(pixels(number)), 1000 + number, answer(number))
    return batch.measure()


@pytest.mark.parametrize("side", [28, 17])
def test_an_image_measures_the_same_whatever_stands_beside_it(side: int) -> None:
    together = _measure(range(12), side)
    for number in range(12):
        alone = _measure(range(number, number + 1), side)
        assert np.array_equal(together.numbers[number], alone.numbers[0])
        assert np.array_equal(together.shapes[number], alone.shapes[0])
        assert [words[number] for words in together.words] == [words[0] for words in alone.words]


def test_what_is_missing_of_one_capture_leaves_its_neighbours_in_their_places() -> None:
    whole, batch = _measure(range(4)), Batch(28, NAMES)
    batch.add(Image.fromarray(pixels(0)), 1000, answer(0))
    batch.add(None, 7, answer(1))  # cannot be decoded
    batch.add(Image.fromarray(pixels(2)), 1002, None)
    batch.add(None, None, None)
    batch.add(Image.fromarray(pixels(3)), 1003, answer(3))
    rows, (seen, shown) = batch.measure(), batch.images()
    assert np.array_equal(rows.numbers[[0, 4]], whole.numbers[[0, 3]])
    assert np.array_equal(rows.numbers[2, : len(OF_IMAGES)], whole.numbers[2, : len(OF_IMAGES)])
    assert np.array_equal(rows.numbers[1, len(OF_IMAGES) :], whole.numbers[1, len(OF_IMAGES) :])
    assert [NUMBERS[place] for place in np.flatnonzero(~np.isnan(rows.numbers[1, : len(OF_IMAGES)]))] == ["bytes"]
    assert np.isnan(rows.numbers[2, len(OF_IMAGES) :]).all() and np.isnan(rows.numbers[3]).all()
    assert np.isnan(rows.shapes[[1, 3]]).all() and not np.isnan(rows.shapes[[0, 2, 4]]).any()
    assert [word is None for word in rows.words[1]] == [False, False, True, True, False]
    assert seen == [0, 2, 4] and np.array_equal(shown[2], pixels(3))


def test_a_cleared_batch_has_nothing_of_what_it_held() -> None:
    batch = Batch(28, NAMES)
    while not batch.is_full:
        batch.add(Image.fromarray(pixels(1)), 5, answer(1))
    batch.clear()
    batch.add(None, None, None)
    rows = batch.measure()
    assert len(rows) == 1 and np.isnan(rows.numbers).all() and rows.words == ([None], [None])


def test_images_of_a_larger_side_wait_in_smaller_batches() -> None:
    assert Batch(28, NAMES).capacity == 64
    assert Batch(1024, NAMES).capacity == 1
