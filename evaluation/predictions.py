"""Every answer, one line an image, for a spreadsheet."""

import csv
from pathlib import Path

from common.labels import LABELS
from evaluation.predict import Answers

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEADER = ["path", "label", "prediction", *(f"probability_{name}" for name in LABELS), "confidence"]


def write(answers: Answers, path: Path) -> None:
    """Write `predictions.csv` in the order of test.lst, probabilities with six digits."""
    rows = zip(answers.paths, answers.actual, answers.predicted, answers.probabilities, answers.confidence, strict=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(HEADER)
        for name, label, answer, probabilities, confidence in rows:
            shown = [f"{value:.6f}" for value in (*probabilities, confidence)]
            writer.writerow([_harmless(name), LABELS[label], LABELS[answer], *shown])


def _harmless(name: str) -> str:
    """A file name that a spreadsheet would take for a formula gets an apostrophe, which makes it text."""
    return f"'{name}" if name.startswith(_FORMULA) else name
