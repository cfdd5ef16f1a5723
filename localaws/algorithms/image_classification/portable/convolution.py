"""Convolutions of feature maps as matrix products, and their gradients.

Weights are kept as the products read them: (kernel column, kernel row, channels in, channels out).
"""

from abc import ABC, abstractmethod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from localaws.algorithms.image_classification.portable.grid import BLOCK, FeatureMap, Floats, Scratch

_LEAST_POSITIONS = 1024


class Convolution(ABC):
    """One convolution without a bias."""

    @abstractmethod
    def forward(self, given: FeatureMap, weight: Floats, out: FeatureMap) -> None:
        """Compute the output's body, with zeros in its pads."""

    @abstractmethod
    def backward(
        self, given: FeatureMap, weight: Floats, gradient: FeatureMap, weight_gradient: Floats, out: FeatureMap | None
    ) -> None:
        """Compute the gradient of the weights, and that of what was given where ``out`` is there for it."""


class NeighbourConvolution(Convolution):
    """3 x 3 of stride 1, the work of most layers.

    A block of rows is copied thrice, so that what is above and below a position stands beside it. Three neighbours
    are then 9 positions in one piece of memory, and every third position's piece follows the one before it without a
    gap: three products of such matrices, one a remainder by three, are the convolution, and nothing else is copied.
    """

    def __init__(self, given: FeatureMap, out: FeatureMap, scratch: Scratch) -> None:
        self._channels, self._filters, self._scratch = given.channels, out.channels, scratch
        self._turned = np.empty((3, 3, self._filters, self._channels), np.float32)
        self._product = np.empty((3 * self._channels, 3 * self._filters), np.float32)
        self._total = np.empty_like(self._product)
        self._plans: dict[tuple[int, ...], list[_Block]] = {}

    def forward(self, given: FeatureMap, weight: Floats, out: FeatureMap) -> None:
        matrix = weight.reshape(-1, self._filters)
        for block in self._plan(given, out):
            block.stack()
            block.multiply(matrix)
        out.clear_pads()

    def backward(
        self, given: FeatureMap, weight: Floats, gradient: FeatureMap, weight_gradient: Floats, out: FeatureMap | None
    ) -> None:
        # What lies to the left for the output lies to the right for the input: the kernel is turned by 180 degrees.
        np.copyto(self._turned, weight[::-1, ::-1].swapaxes(2, 3))
        matrix = self._turned.reshape(-1, self._channels)
        self._total[...] = 0
        for block in self._plan(gradient, out, given):
            block.stack()
            block.multiply(matrix)
            for neighbours, own in block.pairs:
                self._total += np.matmul(neighbours, own, out=self._product)
        if out is not None:
            out.clear_pads()
        # The stack has the gradient of the row above first, which is that of the kernel's last row.
        total = self._total.reshape(3, self._channels, 3, self._filters)
        np.copyto(weight_gradient, total[:, :, ::-1].swapaxes(1, 2))

    def _plan(self, source: FeatureMap, target: FeatureMap | None, given: FeatureMap | None = None) -> list["_Block"]:
        """Cut the work into blocks, once for the maps between which it goes: they are allocated once as well."""
        key = (id(source), id(target), id(given))
        if key not in self._plans:
            width = max(source.channels, self._channels)
            step = max(_LEAST_POSITIONS, BLOCK // width) // 3 * 3
            positions = source.grid.positions
            # The last may go beyond the last position, as three divides the size of each.
            sizes = [(first, min(step, -(-(positions - first) // 3) * 3)) for first in range(0, positions, step)]
            self._plans[key] = [_Block(source, target, given, first, size, self._scratch) for first, size in sizes]
        return self._plans[key]


class _Block:
    """A block of positions: the views of memory that its copies and products go between."""

    def __init__(
        self,
        source: FeatureMap,
        target: FeatureMap | None,
        given: FeatureMap | None,
        first: int,
        size: int,
        scratch: Scratch,
    ) -> None:
        channels, grid = source.channels, source.grid
        start = grid.margin + first
        stack = scratch.array(size + 3, 3, channels)  # from the position before the first on; the last is never used
        # As one item a position: numpy copies few large items several times as fast as many small ones.
        item = f"V{4 * channels}"
        items, stacked = source.whole.view(item)[:, 0], stack.view(item)[:, :, 0]
        above, below = start - 1 - grid.row, start - 1 + grid.row
        self._copies = [
            (stacked[:-1, number], items[begin : begin + size + 2])
            for number, begin in enumerate((above, start - 1, below))
        ]
        windows = [stack[place : place + size].reshape(size // 3, 9 * channels) for place in range(3)]
        self._products: list[tuple[Floats, Floats]] = []
        if target is not None:
            answers = target.whole[start : start + size].reshape(size // 3, 3, target.channels)
            self._products = [(window, answers[:, place]) for place, window in enumerate(windows)]
        self.pairs: list[tuple[Floats, Floats]] = []
        if given is not None:
            for place in range(3):
                begin = start + place - 1
                neighbours = given.whole[begin : begin + size].reshape(size // 3, 3 * given.channels)
                own = stack[place + 1 : place + 1 + size].reshape(size // 3, 9 * channels)[:, : 3 * channels]
                self.pairs.append((neighbours.T, own))

    def stack(self) -> None:
        """Copy each position's row above, its own and the row below to one place."""
        for target, source in self._copies:
            np.copyto(target, source)

    def multiply(self, matrix: Floats) -> None:
        """Compute every position's product with a kernel."""
        for windows, answers in self._products:
            np.matmul(windows, matrix, out=answers)


class StridedConvolution(Convolution):
    """Any other kernel: each output position's window is copied into a row of one matrix."""

    def __init__(self, given: FeatureMap, out: FeatureMap, kernel: int, stride: int) -> None:
        self._kernel, self._stride = kernel, stride
        grid = out.grid
        shape = (grid.height, grid.batch, grid.width, kernel, kernel, given.channels)
        self._windows = np.empty(shape, np.float32)

    @property
    def _matrix(self) -> Floats:
        return self._windows.reshape(-1, self._kernel * self._kernel * self._windows.shape[-1])

    def forward(self, given: FeatureMap, weight: Floats, out: FeatureMap) -> None:
        self._gather(given)
        np.copyto(out.pixels, (self._matrix @ _by_row(weight)).reshape(out.pixels.shape))

    def backward(
        self, given: FeatureMap, weight: Floats, gradient: FeatureMap, weight_gradient: Floats, out: FeatureMap | None
    ) -> None:
        flat = np.ascontiguousarray(gradient.pixels).reshape(-1, gradient.channels)
        self._gather(given)
        by_row = (self._matrix.T @ flat).reshape(self._kernel, self._kernel, given.channels, gradient.channels)
        np.copyto(weight_gradient, by_row.swapaxes(0, 1))
        if out is not None:
            np.matmul(flat, _by_row(weight).T, out=self._matrix)
            out.whole[:] = 0
            for row in range(self._kernel):
                for column in range(self._kernel):
                    self._view(out, row, column, 1)[...] += self._windows[:, :, :, row, column]
            out.clear_around()

    def _gather(self, given: FeatureMap) -> None:
        for row in range(self._kernel):
            target = self._windows[:, :, :, row].reshape(*self._windows.shape[:3], -1)
            np.copyto(target, self._view(given, row, 0, self._kernel))

    def _view(self, given: FeatureMap, row: int, column: int, columns: int) -> Floats:
        """What a row of the kernel sees from each output position: (height, batch, width, columns x channels)."""
        grid, reach = given.grid, self._kernel // 2
        first = given.whole[grid.margin + (row - reach) * grid.row + column - reach :]
        size = given.channels * given.whole.itemsize
        strides = (self._stride * grid.row * size, grid.line * size, self._stride * size, given.whole.itemsize)
        return as_strided(first, (*self._windows.shape[:3], columns * given.channels), strides)


class PointConvolution(Convolution):
    """1 x 1 of stride 1: one product, as each position is a row of the matrix already."""

    def forward(self, given: FeatureMap, weight: Floats, out: FeatureMap) -> None:
        np.matmul(given.body, weight[0, 0], out=out.body)  # zeros in the pads give zeros

    def backward(
        self, given: FeatureMap, weight: Floats, gradient: FeatureMap, weight_gradient: Floats, out: FeatureMap | None
    ) -> None:
        np.matmul(given.body.T, gradient.body, out=weight_gradient[0, 0])
        if out is not None:
            np.matmul(gradient.body, weight[0, 0].T, out=out.body)


def choose_convolution(given: FeatureMap, out: FeatureMap, kernel: int, stride: int, scratch: Scratch) -> Convolution:
    """The way that is quickest for a kernel and stride."""
    if (kernel, stride) == (3, 1):
        return NeighbourConvolution(given, out, scratch)
    if (kernel, stride) == (1, 1):
        return PointConvolution()
    return StridedConvolution(given, out, kernel, stride)


def _by_row(weight: Floats) -> Floats:
    """Weights as a matrix for windows that were read row by row of the kernel."""
    return weight.swapaxes(0, 1).reshape(-1, weight.shape[-1])
