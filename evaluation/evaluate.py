"""EvaluateModel from end to end: open, predict, measure, draw, write."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from evaluation import artifact, metrics, plots, predictions, report, sheet, testset
from evaluation.network import Network
from evaluation.options import Options
from evaluation.predict import Answers, predict
from evaluation.report import Evaluated
from evaluation.testset import NAMES, TestSet


def evaluate(options: Options) -> None:
    """Evaluate a model and write `evaluation.json`, `predictions.csv`, the plots and `report.html`."""
    tests = testset.read(options.test, options.lst)
    with artifact.opened(options.model) as opened:
        network = Network(opened, len(NAMES))
        answers = predict(network, opened, tests)
    measured = metrics.binary(answers, options.seed)
    drawn = _draw(answers, tests)
    mistakes = int((answers.predicted != answers.actual).sum())
    evaluated = Evaluated(measured, drawn, len(tests.paths), mistakes, network.facts, tests.manifest, options.threshold)
    _write(options.output, evaluated, answers)
    accuracy, count = measured["accuracy"]["value"], len(tests.paths)
    print(f"accuracy {accuracy:.4f} on {count} pictures, {mistakes} mistakes; see report.html")


def _draw(answers: Answers, tests: TestSet) -> dict[str, bytes]:
    return {
        "confusion_matrix": plots.confusion_matrix(answers),
        "roc": plots.roc(answers),
        "precision_recall": plots.precision_recall(answers),
        "reliability": plots.reliability(answers),
        "worst_mistakes": sheet.draw(answers, tests),
    }


def _write(folder: Path, evaluated: Evaluated, answers: Answers) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "dataset": _dataset(answers),
        # Not of Model Monitor's shape: its baseline cuts the test pictures to what the net takes.
        "model": {"input_shape": list(evaluated.net.input_shape), "epoch": evaluated.net.epoch},
        "binary_classification_metrics": evaluated.metrics,
    }
    (folder / "evaluation.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    predictions.write(answers, folder / "predictions.csv")
    for name, png in evaluated.plots.items():
        (folder / f"{name}.png").write_bytes(png)
    (folder / "report.html").write_text(report.render(evaluated), encoding="utf-8")


def _dataset(answers: Answers) -> dict[str, Any]:
    """The section `dataset`: how many pictures, and how many of each class."""
    counts = np.bincount(answers.actual, minlength=len(NAMES))
    return {
        "item_count": len(answers.actual),
        "class_counts": {name: int(count) for name, count in zip(NAMES, counts, strict=True)},
    }
