"""Plots of what is in this folder: precision against coverage, occlusion maps, and pictures that are in two splits."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from evaluation.canvas import BLUE, MUTED, ORANGE, canvas, png
from evaluation.predict import Answers
from evaluation.sheet import enlarge
from evaluation.split import NAMES, Split
from evaluation.trust.coverage import Curve
from evaluation.trust.occlusion import Occluded

COLUMNS = 6
CELL_WIDTH = 1.7
SHOWN_PAIRS = 6


def precision_coverage(curves: Mapping[str, Curve], section: Mapping[str, Any]) -> bytes:
    """Draw how many of the passing answers are right against how many pass; the chosen point on each curve."""
    figure, axes = canvas("Precision and coverage", "pictures that pass the filter", "of these, answered rightly")
    target = section["target_precision"]
    axes.axhline(target, linestyle="--", color=MUTED, label=f"TargetPrecision {target:g}")
    for (name, found), colour in zip(curves.items(), (ORANGE, BLUE), strict=True):
        axes.step(found.coverage, found.precision, where="mid", color=colour, linewidth=2, label=name)
        chosen = section[name]
        if chosen["precision"] is not None:
            label = f"chosen, {section['recommended']:g}" if name == section["chosen_on"] else None
            axes.plot(chosen["coverage"], chosen["precision"], "o", color=colour, markersize=9, label=label)
    lowest = min(float(found.precision.min()) for found in curves.values())
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(min(lowest, target) - 0.02, 1.01)
    axes.legend(loc="lower left", frameon=False)
    return png(figure)


def occlusion_maps(maps: list[Occluded], answers: Answers) -> bytes:
    """Draw each mistake, and beneath it the same with its map: red spoke for the answer, blue against it."""
    figure, cells = _grid(2, 2.0)
    for column, each in enumerate(maps):
        above, below = cells[:, column]
        above.imshow(enlarge(each.picture))
        truth, answer = NAMES[answers.actual[each.index]], NAMES[answers.predicted[each.index]]
        above.set_title(f"is a {truth}\nsaid {answer}\n{answers.confidence[each.index]:.1%} sure", fontsize=9)
        most = max(float(np.abs(each.heat).max()), 1e-6)
        below.imshow(each.picture.convert("L"), cmap="gray", vmin=0, vmax=255)
        below.imshow(each.heat, cmap="RdBu_r", vmin=-most, vmax=most, alpha=0.55, interpolation="bilinear")
    if not maps:
        figure.text(0.5, 0.5, "No mistakes in this test set.", ha="center", va="center", fontsize=16)
    return png(figure)


def leaked(section: Mapping[str, Any], splits: Mapping[str, Split]) -> bytes | None:
    """Draw the first pairs of pictures that are alike, one above the other; None where there is none."""
    pairs = [pair for found in section.values() for pair in found["pairs"]][:SHOWN_PAIRS]
    if not pairs:
        return None
    figure, cells = _grid(2, 1.75)
    for column, pair in enumerate(pairs):
        sides = [(name, path) for name, path in pair.items() if name != "kind"]
        for cell, (name, path) in zip(cells[:, column], sides, strict=True):
            cell.imshow(enlarge(splits[name].open(path)))
            cell.set_title(f"{name}, {pair['kind']}", fontsize=9)
    return png(figure)


def _grid(rows: int, height: float) -> tuple[Figure, "np.ndarray[Any, np.dtype[np.object_]]"]:
    figure = Figure(figsize=(COLUMNS * CELL_WIDTH, rows * height), dpi=120, layout=ConstrainedLayoutEngine(h_pad=0.1))
    cells = figure.subplots(rows, COLUMNS, squeeze=False)
    for cell in cells.ravel():
        _hide(cell)
    return figure, cells


def _hide(cell: Axes) -> None:
    cell.axis("off")
