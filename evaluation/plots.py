"""Plots that say how good the net is, and a contact sheet of its worst mistakes, on white for light and dark pages.

Every function returns a PNG file's bytes.
"""

import io

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from common.labels import LABELS
from evaluation import curves
from evaluation.metrics import confusion, has_both, scalars
from evaluation.predict import Answers
from evaluation.sheet import COLUMNS, Sheet
from evaluation.split import Split

INK, MUTED, BLUE, ORANGE = "#1f2933", "#8a94a0", "#2468b2", "#d2691e"
SIZE = (5.2, 4.6)
MARGINS = {"left": 0.165, "right": 0.97, "bottom": 0.12, "top": 0.92}
"""Fixed: to be laid out by matplotlib, a figure is drawn twice."""
MOST = 24
CELL_HEIGHT = 2.1
NO_MISTAKES = "No mistakes in this test set."


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
    if has_both(answers.actual):
        curve = curves.roc(answers.actual, answers.score)
        label = f"this net, area {curve.area:.3f}"
        axes.plot(curve.false_positive_rates, curve.true_positive_rates, color=BLUE, linewidth=2, label=label)
        bicycles, motorcycles = answers.actual == 0, answers.actual == 1
        working = answers.predicted[bicycles].mean(), answers.predicted[motorcycles].mean()
        axes.plot(*working, "o", color=ORANGE, markersize=9, label="operating point, at 0.5")
    unit(axes)
    axes.legend(loc="lower right", frameon=False)
    return png(figure)


def precision_recall(answers: Answers) -> bytes:
    """Draw how many "motorcycle" answers are right against how many motorcycles are found, at all thresholds."""
    figure, axes = canvas("Precision and recall", "motorcycles found (recall)", "of “motorcycle” answers, right")
    base = float(answers.actual.mean())
    axes.axhline(base, linestyle="--", color=MUTED, label=f"always motorcycle, {base:.2f}")
    if has_both(answers.actual):
        curve = curves.precision_recall(answers.actual, answers.score)
        label = f"this net, average {curve.average:.3f}"
        axes.plot(curve.recalls, curve.precisions, color=BLUE, linewidth=2, label=label)
        working = scalars(answers.actual, answers.predicted, answers.score)
        axes.plot(
            working["recall"], working["precision"], "o", color=ORANGE, markersize=9, label="operating point, at 0.5"
        )
    unit(axes)
    axes.legend(loc="lower left", frameon=False)
    return png(figure)


def worst(answers: Answers) -> list[int]:
    """Where in the test set the mistakes are, the surest first."""
    wrong = np.flatnonzero(~answers.right)
    order = np.argsort(-answers.confidence[wrong], kind="stable")
    return [int(index) for index in wrong[order][:MOST]]


def contact_sheet(answers: Answers, tests: Split) -> bytes:
    """Draw the mistakes enlarged, pixel by pixel, with truth, answer and confidence; a PNG file's bytes."""
    chosen = worst(answers)
    sheet = Sheet(max(1, -(-len(chosen) // COLUMNS)), CELL_HEIGHT)
    for place, index in enumerate(chosen):
        sheet.show(*divmod(place, COLUMNS), tests.open(answers.paths[index]), describe_mistake(answers, index), lines=3)
    if not chosen:
        sheet.write_in_the_middle(NO_MISTAKES)
    return png(sheet.figure)


def describe_mistake(answers: Answers, index: int) -> str:
    """What a mistake is, what the net said, and how sure it was: three lines."""
    truth, answer = LABELS[answers.actual[index]], LABELS[answers.predicted[index]]
    return f"is a {truth}\nsaid {answer}\n{answers.confidence[index]:.1%} sure"


def canvas(title: str, x_label: str, y_label: str) -> tuple[Figure, Axes]:
    """A figure with one pair of axes."""
    figure = Figure(figsize=SIZE, dpi=120)
    axes = figure.subplots(gridspec_kw=MARGINS)
    dress(axes, title, x_label, y_label)
    return figure, axes


def dress(axes: Axes, title: str, x_label: str, y_label: str) -> None:
    """Give axes their title, labels and grid."""
    axes.set_title(title, color=INK, fontsize=13, loc="left")
    axes.set_xlabel(x_label, color=INK)
    axes.set_ylabel(y_label, color=INK)
    axes.grid(visible=True, color="#e4e7eb", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def unit(axes: Axes) -> None:
    """Show shares, from 0 to 1."""
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)


def png(figure: Figure) -> bytes:
    """A PNG file's bytes."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", facecolor="white")
    return buffer.getvalue()
