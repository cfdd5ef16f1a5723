"""A contact sheet of the worst mistakes: what the net was surest of, and wrong."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from PIL import Image

from common.labels import LABELS
from evaluation.canvas import png
from evaluation.predict import Answers
from evaluation.split import Split

COLUMNS = 6
MOST = 24
CELL_WIDTH, CELL_HEIGHT = 1.7, 2.25
ENLARGED = 160


def worst(answers: Answers) -> list[int]:
    """Where in the test set the mistakes are, the surest first."""
    wrong = np.flatnonzero(~answers.right)
    order = np.argsort(-answers.confidence[wrong], kind="stable")
    return [int(index) for index in wrong[order][:MOST]]


def draw(answers: Answers, tests: Split) -> bytes:
    """Draw the mistakes enlarged, pixel by pixel, with truth, answer and confidence; a PNG file's bytes."""
    chosen = worst(answers)
    rows = max(1, -(-len(chosen) // COLUMNS))
    figure = Figure(
        figsize=(COLUMNS * CELL_WIDTH, rows * CELL_HEIGHT), dpi=120, layout=ConstrainedLayoutEngine(h_pad=0.1)
    )
    cells = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    for cell in cells:
        cell.axis("off")
    for cell, index in zip(cells, chosen, strict=False):
        cell.imshow(enlarge(tests.open(answers.paths[index])))
        entitle(cell, answers, index)
    if not chosen:
        say_there_are_none(figure)
    return png(figure)


def entitle(cell: Axes, answers: Answers, index: int) -> None:
    """Write over a mistake what it is, what the net said, and how sure it was."""
    truth, answer = LABELS[answers.actual[index]], LABELS[answers.predicted[index]]
    cell.set_title(f"is a {truth}\nsaid {answer}\n{answers.confidence[index]:.1%} sure", fontsize=9)


def say_there_are_none(figure: Figure) -> None:
    """Write in the middle of an empty sheet that no mistake was made."""
    figure.text(0.5, 0.5, "No mistakes in this test set.", ha="center", va="center", fontsize=16)


def enlarge(image: Image.Image) -> Image.Image:
    """Bring the longer side to ENLARGED pixels, small pictures without smoothing."""
    scale = ENLARGED / max(image.size)
    method = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BILINEAR
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, method)
