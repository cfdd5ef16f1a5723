"""Every answer, one line a picture, for a spreadsheet."""

import csv
from pathlib import Path

from evaluation.predict import Answers
from evaluation.split import NAMES

HEADER = ["path", "label", "prediction", *(f"probability_{name}" for name in NAMES), "confidence"]


def write(answers: Answers, path: Path) -> None:
    """Write `predictions.csv` in the order of test.lst, probabilities with six digits."""
    rows = zip(answers.paths, answers.actual, answers.predicted, answers.probabilities, answers.confidence, strict=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(HEADER)
        for name, label, answer, probabilities, confidence in rows:
            shown = [f"{value:.6f}" for value in (*probabilities, confidence)]
            writer.writerow([name, NAMES[label], NAMES[answer], *shown])
