"""A sheet of images in rows, with a few words over each.

All lie on one pair of axes: a pair for each image, laid out by matplotlib, takes most of an evaluation's time.
"""

from typing import Any

from matplotlib.figure import Figure
from PIL import Image

COLUMNS = 6
CELL_WIDTH = 1.7  # inches, as all lengths here
_MARGIN = 0.06
_LINE = 0.155  # of a text in 9 points
_ENLARGED = 160

Extent = tuple[float, float, float, float]
"""Left, right, bottom and top; the top of a sheet is 0."""


class Sheet:
    """A figure of equal cells, COLUMNS of them in a row."""

    def __init__(self, rows: int, cell_height: float) -> None:
        width, height = COLUMNS * CELL_WIDTH, rows * cell_height
        self._cell_height = cell_height
        self.figure = Figure(figsize=(width, height), dpi=120)
        self._axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0), autoscale_on=False)
        self._axes.axis("off")

    def write_in_the_middle(self, text: str) -> None:
        """Write a line over the whole sheet."""
        self.figure.text(0.5, 0.5, text, ha="center", va="center", fontsize=16)

    def show(self, row: int, column: int, image: Image.Image, text: str = "", lines: int = 0) -> Extent:
        """Draw an image below a text of so many lines; answers where it lies."""
        left, top = column * CELL_WIDTH + _MARGIN, row * self._cell_height + _MARGIN + lines * _LINE
        extent = _fit(image, left, top, CELL_WIDTH - 2 * _MARGIN, (row + 1) * self._cell_height - _MARGIN - top)
        self.lay(extent, enlarge(image))
        if text:
            self._axes.text(
                left + CELL_WIDTH / 2 - _MARGIN, top - _MARGIN / 2, text, ha="center", va="bottom", fontsize=9
            )
        return extent

    def lay(self, extent: Extent, image: Any, **options: Any) -> None:  # noqa: ANN401 - matplotlib's own
        """Draw an image, or a map of numbers, at a place, by the options of matplotlib's `imshow`."""
        self._axes.imshow(image, extent=extent, aspect="auto", **options)


def enlarge(image: Image.Image) -> Image.Image:
    """Bring the longer side to 160 pixels, small images without smoothing."""
    scale = _ENLARGED / max(image.size)
    method = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BILINEAR
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, method)


def _fit(image: Image.Image, left: float, top: float, width: float, height: float) -> Extent:
    """The largest rectangle of the image's proportions in the middle of another's top."""
    scale = min(width / image.width, height / image.height)
    left += (width - image.width * scale) / 2
    return (left, left + image.width * scale, top + image.height * scale, top)
