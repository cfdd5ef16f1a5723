"""Four plots that say how good the net is, each drawn for a person who sees it for the first time.

Every function returns a PNG file's bytes.
"""

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn import metrics as sk

from common.labels import LABELS
from evaluation.canvas import BLUE, INK, MUTED, ORANGE, SIZE, canvas, dress, png, unit
from evaluation.metrics import confusion
from evaluation.predict import Answers
from evaluation.trust.calibration import BINS, bins


def confusion_matrix(answers: Answers) -> bytes:
    """Draw counts by truth (rows) and answer (columns), shaded by the part of the row."""
    counts = confusion(answers.actual, answers.predicted)
    table = np.array([[counts[str(row)][str(column)] for column in (0, 1)] for row in (0, 1)])
    parts = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    figure, axes = canvas("Confusion matrix", "the net's answer", "the truth")
    axes.imshow(parts, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks([0, 1], LABELS)
    axes.set_yticks([0, 1], LABELS, rotation=90, va="center")
    axes.grid(visible=False)
    for row in (0, 1):
        for column in (0, 1):
            ink = "white" if parts[row, column] > 0.55 else INK
            text = f"{table[row, column]}\n{parts[row, column]:.1%}"
            axes.text(column, row, text, ha="center", va="center", color=ink, fontsize=15)
    return png(figure)


def roc(answers: Answers) -> bytes:
    """Draw the share of motorcycles found against the share of bicycles mistaken for one, at all thresholds."""
    figure, axes = canvas("ROC curve", "bicycles taken for motorcycles", "motorcycles found")
    axes.plot([0, 1], [0, 1], linestyle="--", color=MUTED, label="guessing")
    if _both(answers):
        false_positive, true_positive, _ = sk.roc_curve(answers.actual, answers.score)
        area = sk.roc_auc_score(answers.actual, answers.score)
        axes.plot(false_positive, true_positive, color=BLUE, linewidth=2, label=f"this net, area {area:.3f}")
        bicycles, motorcycles = answers.actual == 0, answers.actual == 1
        working = answers.predicted[bicycles].mean(), answers.predicted[motorcycles].mean()
        axes.plot(*working, "o", color=ORANGE, markersize=9, label="where it works, at 0.5")
    unit(axes)
    axes.legend(loc="lower right", frameon=False)
    return png(figure)


def precision_recall(answers: Answers) -> bytes:
    """Draw how many "motorcycle" answers are right against how many motorcycles are found, at all thresholds."""
    figure, axes = canvas("Precision and recall", "motorcycles found (recall)", "of “motorcycle” answers, right")
    base = float(answers.actual.mean())
    axes.axhline(base, linestyle="--", color=MUTED, label=f"always motorcycle, {base:.2f}")
    if _both(answers):
        precision, recall, _ = sk.precision_recall_curve(answers.actual, answers.score)
        area = sk.average_precision_score(answers.actual, answers.score)
        axes.plot(recall, precision, color=BLUE, linewidth=2, label=f"this net, average {area:.3f}")
        working = (
            sk.recall_score(answers.actual, answers.predicted, zero_division=0.0),
            sk.precision_score(answers.actual, answers.predicted, zero_division=0.0),
        )
        axes.plot(*working, "o", color=ORANGE, markersize=9, label="where it works, at 0.5")
    unit(axes)
    axes.legend(loc="lower left", frameon=False)
    return png(figure)


def reliability(answers: Answers, cooled: Answers) -> bytes:
    """Draw how often the net is right against how sure it says it is, and would be with the fitted temperature.

    The bars count the pictures.
    """
    centres, right, counts = calibration(answers)
    figure = Figure(figsize=SIZE, dpi=120, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    dress(above, "Reliability", "", "answers that are right")
    above.plot([0.5, 1], [0.5, 1], linestyle="--", color=MUTED, label="says what it knows")
    filled = counts > 0
    above.plot(centres[filled], right[filled], "o-", color=BLUE, linewidth=2, label="this net")
    cooler, right_then, counted = calibration(cooled)
    above.plot(cooler[counted > 0], right_then[counted > 0], "s:", color=ORANGE, label="with the fitted temperature")
    above.set_ylim(-0.03, 1.05)
    above.legend(loc="lower right", frameon=False)
    dress(below, "", "how sure the net says it is", "pictures")
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


def _both(answers: Answers) -> bool:
    return len(np.unique(answers.actual)) == 2
