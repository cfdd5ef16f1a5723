"""How the portable engine lays out a batch of feature maps, so that a convolution is few large matrix products.

A map is one matrix with a row for each position and a column for each channel. Positions go by image row, then by
image of the batch, then by column, and each row of an image ends with columns of zeros: what lies left, right, above or
below a position is then at a fixed distance in the matrix, at every border as well, and zeros lie before its first and
after its last position too.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

BLOCK = 1 << 15
"""Elements that are worked on at once: a few arrays of that size fit into a core's own cache."""

_BEYOND = 3  # a product computes positions by threes, and may write up to two after the last


@dataclass(frozen=True)
class Grid:
    """Positions of ``batch`` maps of ``height`` x ``width``, with ``pad`` zeros around each."""

    height: int
    batch: int
    width: int
    pad: int = 1

    @property
    def line(self) -> int:
        """Positions of a map's row with its zeros."""
        return self.width + self.pad

    @property
    def row(self) -> int:
        """Positions of one row of all maps: how far above and below are."""
        return self.batch * self.line

    @property
    def positions(self) -> int:
        return self.height * self.row

    @property
    def pixels(self) -> int:
        """Positions without the zeros."""
        return self.height * self.batch * self.width

    @cached_property
    def margin(self) -> int:
        """Positions of zeros before the first and after the last."""
        return self.pad * (self.row + 1) + _BEYOND

    @cached_property
    def lines_a_tile(self) -> int:
        """By how many rows a channel's number is repeated: one long loop is quicker than many short ones."""
        return next(lines for lines in (8, 4, 2, 1) if self.height * self.batch % lines == 0)

    def reduced(self, stride: int, pad: int = 1) -> "Grid":
        """The grid of every ``stride``-th position of each direction."""
        return Grid(-(-self.height // stride), self.batch, -(-self.width // stride), pad)


class FeatureMap:
    """Maps of one layer on a grid: ``body`` (positions, channels) is what layers compute, zeros lie around it."""

    def __init__(self, grid: Grid, channels: int) -> None:
        self.grid = grid
        self.channels = channels
        self.whole: Floats = np.zeros((grid.positions + 2 * grid.margin, channels), np.float32)
        self.body: Floats = self.whole[grid.margin : grid.margin + grid.positions]

    @property
    def spatial(self) -> Floats:
        """The body as (height, batch, width with zeros, channels)."""
        return self.body.reshape(self.grid.height, self.grid.batch, self.grid.line, self.channels)

    @property
    def pixels(self) -> Floats:
        """The body without its zeros, as (height, batch, width, channels)."""
        return self.spatial[:, :, : self.grid.width]

    def clear_pads(self) -> None:
        """Write zeros where a product over all positions has left something else."""
        self.spatial[:, :, self.grid.width :] = 0
        end = self.grid.margin + self.grid.positions
        self.whole[end : end + _BEYOND] = 0

    def clear_around(self) -> None:
        """Write zeros in all places that are no pixel's."""
        self.clear_pads()
        self.whole[: self.grid.margin] = 0
        self.whole[self.grid.margin + self.grid.positions :] = 0

    @cached_property
    def parts(self) -> list[Floats]:
        """The body as matrices that fit into the cache; a row has as many numbers as ``tile`` makes of a channel's."""
        tiled = self.body.reshape(-1, self.grid.lines_a_tile * self.grid.line * self.channels)
        step = max(1, BLOCK // tiled.shape[1])
        return [tiled[start : start + step] for start in range(0, len(tiled), step)]

    def tile(self, by_channel: npt.NDArray[np.float32] | npt.NDArray[np.float64]) -> Floats:
        """Repeat one number a channel for the rows of ``parts``; the pads get zero."""
        tiled = np.zeros((self.grid.lines_a_tile, self.grid.line, self.channels), np.float32)
        tiled[:, : self.grid.width] = by_channel
        return tiled.reshape(-1)


class Scratch:
    """Memory that all layers use one after the other: it stays in the cache."""

    def __init__(self) -> None:
        self._memory = np.empty(0, np.float32)

    def array(self, *shape: int) -> Floats:
        """Give an array of any content. Whatever was given before may be the same memory."""
        size = int(np.prod(shape))
        if size > self._memory.size:
            self._memory = np.empty(size, np.float32)
        return self._memory[:size].reshape(shape)
