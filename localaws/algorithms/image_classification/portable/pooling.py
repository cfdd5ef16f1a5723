"""The two poolings of the networks: the largest of a window behind the stem, and the mean over a whole map."""

import numpy as np
import numpy.typing as npt

from localaws.algorithms.image_classification.portable.grid import FeatureMap, Floats

_KERNEL, _STRIDE = 3, 2


class MaxPooling:
    """3 x 3 of stride 2 and padding 1, for maps without negative numbers: zeros around them are never the largest."""

    def __init__(self, out: FeatureMap) -> None:
        self._largest: npt.NDArray[np.uint8] = np.zeros(out.pixels.shape, np.uint8)

    def forward(self, given: FeatureMap, out: FeatureMap) -> None:
        """Keep each window's largest number, and which of its places has it first."""
        self._largest[...] = 0
        for number in range(_KERNEL**2):
            seen = _view(given, out, number)
            if number == 0:
                np.copyto(out.pixels, seen)
                continue
            np.copyto(self._largest, number, where=seen > out.pixels)
            np.maximum(out.pixels, seen, out=out.pixels)

    def backward(self, gradient: FeatureMap, out: FeatureMap) -> None:
        """Give each number's gradient to the place that it came from."""
        out.whole[:] = 0
        for number in range(_KERNEL**2):
            _view(out, gradient, number)[...] += gradient.pixels * (self._largest == number)
        out.clear_around()


def average(given: FeatureMap) -> Floats:
    """The mean of each map, as (batch, channels)."""
    total: Floats = given.spatial.sum(axis=0).sum(axis=1)
    return total / np.float32(given.grid.height * given.grid.width)


def spread_average(gradient: Floats, out: FeatureMap) -> None:
    """Give each pixel its share of the mean's gradient (batch, channels)."""
    out.pixels[...] = (gradient / np.float32(out.grid.height * out.grid.width))[:, np.newaxis]


def _view(given: FeatureMap, reduced: FeatureMap, number: int) -> Floats:
    """What one place of the window sees from each output position."""
    row, column = divmod(number, _KERNEL)
    grid = given.grid
    start = grid.margin + (row - 1) * grid.row + column - 1
    first = given.whole[start:]
    size = given.channels * given.whole.itemsize
    strides = (_STRIDE * grid.row * size, grid.line * size, _STRIDE * size, given.whole.itemsize)
    return np.lib.stride_tricks.as_strided(first, reduced.pixels.shape, strides)
