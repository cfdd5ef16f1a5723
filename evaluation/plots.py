"""Four plots that say how good the net is, each drawn for a person who sees it for the first time.

Every function returns a PNG file's bytes, on a white ground so that it reads in light and dark pages.
"""

import io

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn import metrics as sk

from evaluation.metrics import confusion
from evaluation.predict import Answers
from evaluation.testset import NAMES

INK, MUTED, BLUE, ORANGE = "#1f2933", "#8a94a0", "#2468b2", "#d2691e"
SIZE = (5.2, 4.6)
BINS = 10


def confusion_matrix(answers: Answers) -> bytes:
    """Draw counts by truth (rows) and answer (columns), shaded by the part of the row."""
    counts = confusion(answers.actual, answers.predicted)
    table = np.array([[counts[str(row)][str(column)] for column in (0, 1)] for row in (0, 1)])
    parts = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    figure, axes = _canvas("Confusion matrix", "the net's answer", "the truth")
    axes.imshow(parts, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks([0, 1], NAMES)
    axes.set_yticks([0, 1], NAMES, rotation=90, va="center")
    axes.grid(visible=False)
    for row in (0, 1):
        for column in (0, 1):
            ink = "white" if parts[row, column] > 0.55 else INK
            text = f"{table[row, column]}\n{parts[row, column]:.1%}"
            axes.text(column, row, text, ha="center", va="center", color=ink, fontsize=15)
    return _png(figure)


def roc(answers: Answers) -> bytes:
    """Draw the share of motorcycles found against the share of bicycles mistaken for one, at all thresholds."""
    figure, axes = _canvas("ROC curve", "bicycles taken for motorcycles", "motorcycles found")
    axes.plot([0, 1], [0, 1], linestyle="--", color=MUTED, label="guessing")
    if _both(answers):
        false_positive, true_positive, _ = sk.roc_curve(answers.actual, answers.score)
        area = sk.roc_auc_score(answers.actual, answers.score)
        axes.plot(false_positive, true_positive, color=BLUE, linewidth=2, label=f"this net, area {area:.3f}")
        bicycles, motorcycles = answers.actual == 0, answers.actual == 1
        working = answers.predicted[bicycles].mean(), answers.predicted[motorcycles].mean()
        axes.plot(*working, "o", color=ORANGE, markersize=9, label="where it works, at 0.5")
    _unit(axes)
    axes.legend(loc="lower right", frameon=False)
    return _png(figure)


def precision_recall(answers: Answers) -> bytes:
    """Draw how many "motorcycle" answers are right against how many motorcycles are found, at all thresholds."""
    figure, axes = _canvas("Precision and recall", "motorcycles found (recall)", "of “motorcycle” answers, right")
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
    _unit(axes)
    axes.legend(loc="lower left", frameon=False)
    return _png(figure)


def reliability(answers: Answers) -> bytes:
    """Draw how often the net is right against how sure it says it is; the bars count the pictures."""
    centres, right, counts = calibration(answers)
    figure = Figure(figsize=SIZE, dpi=120, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    _dress(above, "Reliability", "", "answers that are right")
    above.plot([0.5, 1], [0.5, 1], linestyle="--", color=MUTED, label="says what it knows")
    filled = counts > 0
    above.plot(centres[filled], right[filled], "o-", color=BLUE, linewidth=2, label="this net")
    above.set_ylim(-0.03, 1.05)
    above.legend(loc="lower right", frameon=False)
    _dress(below, "", "how sure the net says it is", "pictures")
    below.bar(centres, counts, width=0.5 / BINS * 0.9, color=ORANGE)
    below.set_xlim(0.49, 1.01)
    return _png(figure)


def calibration(answers: Answers) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Bin answers by confidence, 0.5 to 1: each bin's centre, share of right answers and number of answers."""
    place = np.clip(((answers.confidence - 0.5) * 2 * BINS).astype(int), 0, BINS - 1)
    counts = np.bincount(place, minlength=BINS)
    right = np.bincount(place, weights=answers.predicted == answers.actual, minlength=BINS)
    centres = 0.5 + (np.arange(BINS) + 0.5) * 0.5 / BINS
    return centres, right / np.maximum(counts, 1), counts


def _both(answers: Answers) -> bool:
    return len(np.unique(answers.actual)) == 2


def _canvas(title: str, x_label: str, y_label: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=SIZE, dpi=120, layout="constrained")
    axes = figure.subplots()
    _dress(axes, title, x_label, y_label)
    return figure, axes


def _dress(axes: Axes, title: str, x_label: str, y_label: str) -> None:
    axes.set_title(title, color=INK, fontsize=13, loc="left")
    axes.set_xlabel(x_label, color=INK)
    axes.set_ylabel(y_label, color=INK)
    axes.grid(visible=True, color="#e4e7eb", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _unit(axes: Axes) -> None:
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor="white")
    return buffer.getvalue()
