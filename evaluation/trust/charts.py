"""Plots of what is in this folder: reliability, precision against coverage, occlusion maps, leaked images."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from evaluation.plots import BLUE, MARGINS, MUTED, NO_MISTAKES, ORANGE, SIZE, canvas, describe_mistake, dress, png
from evaluation.predict import Answers
from evaluation.sheet import Sheet
from evaluation.split import Split
from evaluation.trust.calibration import BINS, bins
from evaluation.trust.coverage import Curve
from evaluation.trust.occlusion import Occluded

SHOWN_PAIRS = 6


def reliability(answers: Answers, cooled: Answers) -> bytes:
    """Draw how often the net is right against how sure it says it is, and would be with the fitted temperature.

    The bars count the images.
    """
    centres, right, counts = calibration(answers)
    figure = Figure(figsize=SIZE, dpi=120)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1), gridspec_kw={**MARGINS, "hspace": 0.12})
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
    sheet = Sheet(2, 2.1)
    for column, each in enumerate(maps):
        sheet.show(0, column, each.image, describe_mistake(answers, each.index), lines=3)
        place = sheet.show(1, column, each.image.convert("L").convert("RGB"))
        most = max(float(np.abs(each.heat).max()), 1e-6)
        sheet.lay(place, each.heat, cmap="RdBu_r", vmin=-most, vmax=most, alpha=0.55, interpolation="bilinear")
    if not maps:
        sheet.write_in_the_middle(NO_MISTAKES)
    return png(sheet.figure)


def leaked(section: Mapping[str, Any], splits: Mapping[str, Split]) -> bytes | None:
    """Draw the first pairs of images that are alike, one above the other; None where there is none."""
    pairs = [pair for found in section.values() for pair in found["pairs"]][:SHOWN_PAIRS]
    if not pairs:
        return None
    sheet = Sheet(2, 1.85)
    for column, pair in enumerate(pairs):
        sides = [(name, path) for name, path in pair.items() if name != "kind"]
        for row, (name, path) in enumerate(sides):
            sheet.show(row, column, splits[name].open(path), f"{name}, {pair['kind']}", lines=1)
    return png(sheet.figure)
