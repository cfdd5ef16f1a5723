"""Plots of what is in this folder: reliability, precision against coverage, occlusion maps, leaked images."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from numpy.typing import NDArray

from evaluation.plots import BLUE, MUTED, ORANGE, SIZE, canvas, dress, enlarge, entitle, png, say_there_are_none
from evaluation.predict import Answers
from evaluation.split import Split
from evaluation.trust.calibration import BINS, bins
from evaluation.trust.coverage import Curve
from evaluation.trust.occlusion import Occluded

COLUMNS = 6
CELL_WIDTH = 1.7
SHOWN_PAIRS = 6


def reliability(answers: Answers, cooled: Answers) -> bytes:
    """Draw how often the net is right against how sure it says it is, and would be with the fitted temperature.

    The bars count the images.
    """
    centres, right, counts = calibration(answers)
    figure = Figure(figsize=SIZE, dpi=120, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    dress(above, "Reliability", "", "answers that are right")
    above.plot([0.5, 1], [0.5, 1], linestyle="--", color=MUTED, label="perfect calibration")
    filled = counts > 0
    above.plot(centres[filled], right[filled], "o-", color=BLUE, linewidth=2, label="this net")
    cooler, right_then, counted = calibration(cooled)
    above.plot(cooler[counted > 0], right_then[counted > 0], "s:", color=ORANGE, label="with the fitted temperature")
    above.set_ylim(-0.03, 1.05)
    above.legend(loc="lower right", frameon=False)
    dress(below, "", "how sure the net says it is", "images")
    below.bar(centres, counts, width=0.5 / BINS * 0.9, color=ORANGE)
    below.set_xlim(0.49, 1.01)
    return png(figure)


def calibration(answers: Answers) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Bin answers by confidence, 0.5 to 1: each bin's centre, share of right answers and number of answers."""
    place = bins(answers)
    counts = np.bincount(place, minlength=BINS)
    right = np.bincount(place, weights=answers.right, minlength=BINS)
    centres = 0.5 + (np.arange(BINS) + 0.5) * 0.5 / BINS
    return centres, right / np.maximum(counts, 1), counts


def precision_coverage(curves: Mapping[str, Curve], section: Mapping[str, Any]) -> bytes:
    """Draw how many of the passing answers are right against how many pass; the chosen point on each curve."""
    figure, axes = canvas("Precision and coverage", "images that pass the filter", "of these, predicted correctly")
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
        above.imshow(enlarge(each.image))
        entitle(above, answers, each.index)
        most = max(float(np.abs(each.heat).max()), 1e-6)
        below.imshow(each.image.convert("L"), cmap="gray", vmin=0, vmax=255)
        below.imshow(each.heat, cmap="RdBu_r", vmin=-most, vmax=most, alpha=0.55, interpolation="bilinear")
    if not maps:
        say_there_are_none(figure)
    return png(figure)


def leaked(section: Mapping[str, Any], splits: Mapping[str, Split]) -> bytes | None:
    """Draw the first pairs of images that are alike, one above the other; None where there is none."""
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
        cell.axis("off")
    return figure, cells
