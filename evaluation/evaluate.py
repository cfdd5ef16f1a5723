"""EvaluateModel from end to end: open, predict, measure, draw, write."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from common.labels import LABELS
from evaluation import metrics, plots, predictions, report, split
from evaluation.artifact import load_artifact
from evaluation.card.card import build_card, write_card
from evaluation.network import Facts, Network
from evaluation.options import Options
from evaluation.origin import load_job
from evaluation.predict import Answers, predict
from evaluation.report import Evaluated
from evaluation.split import Split
from evaluation.trust import charts, occlusion
from evaluation.trust.measure import Asked, Trust, measure


def evaluate(options: Options) -> str | None:
    """Write `evaluation.json`, `predictions.csv`, plots, `report.html` and the model card; answers what to warn of."""
    options.check()
    job = load_job(options.config_dir)
    folders = {"train": options.train, "validation": options.validation, "test": options.test}
    splits = {name: split.read(name, folder, options.lst) for name, folder in folders.items()}
    asked, facts = _ask(options, splits)
    measured = metrics.binary(asked.test, options.seed)
    trust = measure(options, splits, asked)
    drawn = _draw(asked.test, splits["test"], trust)
    mistakes = int((~asked.test.right).sum())
    manifest, count = splits["test"].manifest, len(asked.test.paths)
    evaluated = Evaluated(measured, drawn, count, mistakes, facts, manifest, options.threshold, trust)
    _write(options.output, evaluated, asked.test)
    validated = float(asked.validation.right.mean())
    write_card(build_card(evaluated, validated, options.training, job), options.output)
    print(f"accuracy {measured['accuracy']['value']:.4f} on {count} images, {mistakes} mistakes; see report.html")
    print(trust.sections["comparison"]["verdict"])
    return trust.warning


def _ask(options: Options, splits: dict[str, Split]) -> tuple[Asked, Facts]:
    """Ask the new net about validation and test, then the live one, so that one net is in memory at a time."""
    network = Network(load_artifact(options.model), len(LABELS))
    validation, test = (predict(network, splits[name]) for name in ("validation", "test"))
    maps, facts = occlusion.explain(network, test, splits["test"]), network.facts
    del network
    lived = _ask_live(options.live_model_uri, splits["test"]) if options.live_model_uri else None
    return Asked(validation, test, maps, lived), facts


def _ask_live(uri: str, tests: Split) -> Answers:
    # Brings boto3, which an evaluation beside no live version does not need.
    from evaluation.trust import live  # noqa: PLC0415

    return live.ask(uri, tests)


def _draw(answers: Answers, tests: Split, trust: Trust) -> dict[str, bytes]:
    return {
        "confusion_matrix": plots.confusion_matrix(answers),
        "roc": plots.roc(answers),
        "precision_recall": plots.precision_recall(answers),
        "reliability": charts.reliability(answers, trust.cooled),
        "worst_mistakes": plots.contact_sheet(answers, tests),
        **trust.plots,
    }


def _write(folder: Path, evaluated: Evaluated, answers: Answers) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "dataset": _dataset(answers),
        # Not of Model Monitor's shape, like all that follows the metrics: its baseline cuts the test images to
        # what the net takes.
        "model": {
            "archive_sha256": evaluated.net.sha256,
            "engine": evaluated.net.engine,
            "epoch": evaluated.net.epoch,
            "input_shape": list(evaluated.net.input_shape),
        },
        "binary_classification_metrics": evaluated.metrics,
        **evaluated.trust.sections,
    }
    (folder / "evaluation.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    predictions.write(answers, folder / "predictions.csv")
    for name, png in evaluated.plots.items():
        (folder / f"{name}.png").write_bytes(png)
    (folder / "report.html").write_text(report.render(evaluated), encoding="utf-8")


def _dataset(answers: Answers) -> dict[str, Any]:
    """The section `dataset`: how many images, and how many of each class."""
    counts = np.bincount(answers.actual, minlength=len(LABELS))
    return {
        "item_count": len(answers.actual),
        "class_counts": {name: int(count) for name, count in zip(LABELS, counts, strict=True)},
    }
