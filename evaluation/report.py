"""Tell the evaluation to a person: what was measured, how to read it, and what it was measured on."""

from dataclasses import dataclass
from typing import Any

from evaluation import page
from evaluation.network import Facts
from evaluation.trust import chapters
from evaluation.trust.measure import Trust

MEANINGS = (
    ("accuracy", "Accuracy", "Of all images, how many are predicted correctly."),
    ("precision", "Precision", "Of the answers “motorcycle”, how many are right."),
    ("recall", "Recall", "Of the motorcycles, how many are found."),
    ("true_negative_rate", "True negative rate", "Of the bicycles, how many are recognised."),
    ("false_positive_rate", "False positive rate", "Of the bicycles, how many are taken for a motorcycle."),
    ("false_negative_rate", "False negative rate", "Of the motorcycles, how many are missed."),
    ("f1", "F1", "Precision and recall in one number, weighed alike."),
    ("f0_5", "F0.5", "The same, precision counting more."),
    ("f2", "F2", "The same, recall counting more."),
    ("auc", "Area under ROC", "The chance that a motorcycle scores higher than a bicycle; guessing gives 0.5."),
)

READINGS = (
    (
        "confusion_matrix",
        "Confusion matrix",
        "Each row is what the images show, each column what the net said. Right answers lie on the diagonal from "
        "top left; the percentages are parts of the row.",
    ),
    (
        "roc",
        "ROC curve",
        "Each point is one threshold. The nearer the curve comes to the top left corner, the better: many "
        "motorcycles found, few bicycles mistaken. The dashed diagonal is guessing.",
    ),
    (
        "precision_recall",
        "Precision and recall",
        "Going right, more motorcycles are found; a curve that stays high does so without more wrong alarms. The "
        "dashed line is answering motorcycle every time.",
    ),
    (
        "reliability",
        "Reliability",
        "On the dashed line the net is right as often as it says; below it, it is too sure of itself. Points over "
        "short bars rest on few images.",
    ),
)


@dataclass(frozen=True)
class Evaluated:
    """All that the report tells; `plots` holds PNG bytes by name."""

    metrics: dict[str, Any]
    plots: dict[str, bytes]
    images: int
    mistakes: int
    net: Facts
    manifest: dict[str, Any]
    threshold: float | None
    trust: Trust


def render(evaluated: Evaluated) -> str:
    """The whole page as HTML."""
    sections, plots = evaluated.trust.sections, evaluated.plots
    body = (
        _headline(evaluated)
        + chapters.comparison(sections["comparison"])
        + _metrics(evaluated.metrics, sections["confidence_intervals"])
        + _plots(plots)
        + chapters.calibration(sections["calibration"])
        + chapters.threshold(sections["confidence_threshold"], plots["precision_coverage"])
        + chapters.slices(sections["slices"])
        + _mistakes(evaluated)
        + chapters.occlusion(plots["occlusion"])
        + chapters.leakage(sections["leakage"], plots.get("leakage"), evaluated.trust.warning)
        + _data(evaluated.manifest)
        + _net(evaluated.net)
    )
    return page.frame("Bicycle or motorcycle: evaluation", body)


def _headline(evaluated: Evaluated) -> str:
    accuracy = evaluated.metrics["accuracy"]
    interval = evaluated.trust.sections["confidence_intervals"]["accuracy"]
    constant = evaluated.metrics["accuracy_best_constant_classifier"]["value"]
    right = evaluated.images - evaluated.mistakes
    text = (
        f"{right} of {evaluated.images} test images are predicted correctly. Always answering motorcycle would "
        f"give {_number(constant)}. With other images of the same kind, the accuracy would lie from "
        f"{interval['lower']:.1%} to {interval['upper']:.1%} (95 % interval)."
    )
    verdict, style = _verdict(evaluated)
    return (
        "<h1>Bicycle or motorcycle</h1>\n"
        + page.paragraph("Evaluation on the test set, which was used for neither training nor validation.", "muted")
        + page.paragraph(f"{accuracy['value']:.1%} accuracy", f"headline {style}".strip())
        + page.paragraph(text)
        + (page.paragraph(verdict, style) if verdict else "")
    )


def _verdict(evaluated: Evaluated) -> tuple[str, str]:
    if evaluated.threshold is None:
        return "", ""
    gate = evaluated.trust.sections["gate"]
    asks = f"The pipeline asks for {evaluated.threshold:g} at least"
    if gate["outcome"] == "passed":
        return f"{asks}: this model may be registered.", "good"
    return f"{asks}: this model will not be registered. {gate['sentence']}.", "bad"


def _metrics(metrics: dict[str, Any], intervals: dict[str, Any]) -> str:
    rows = [
        [
            title,
            meaning,
            _number(metrics[name]["value"]),
            _interval(intervals.get(name)),
            _number(metrics[name]["standard_deviation"]),
            _number(metrics[f"{name}_best_constant_classifier"]["value"]),
        ]
        for name, title, meaning in MEANINGS
    ]
    head = ["Metric", "In words", "Value", "95 % interval", "Deviation", "Always motorcycle"]
    note = (
        "The deviation is the standard deviation over five samples of 80 % of the images; it is not given below 200 "
        f"images. Intervals are percentiles of {intervals['resamples']:,} bootstrap samples; where all answers are "
        "right they have no width, and Wilson's, further down, is the one to read."
    )
    return page.heading("Metrics") + page.table(head, rows, frozenset({2, 3, 4, 5})) + page.paragraph(note, "muted")


def _plots(plots: dict[str, bytes]) -> str:
    figures = "".join(page.figure(plots[name], title, reading) for name, title, reading in READINGS)
    return page.heading("Plots") + f'<div class="plots">\n{figures}</div>\n'


def _mistakes(evaluated: Evaluated) -> str:
    reading = (
        f"{evaluated.mistakes} images are answered wrongly; here are those of which the net was surest. Images "
        "that even a person cannot tell apart point at the data, others at the net. All answers are in "
        "predictions.csv."
    )
    sheet = page.figure(evaluated.plots["worst_mistakes"], "The worst mistakes", reading)
    return page.heading("The worst mistakes") + sheet


def _data(manifest: dict[str, Any]) -> str:
    if not manifest:
        return page.heading("Data set") + page.paragraph("No manifest came with the test set.", "muted")
    archive = manifest.get("archive", {})
    rows = [
        ("Source", str(manifest.get("source") or "not told")),
        ("Version", str(manifest.get("dataset_version") or "not told")),
        ("Archive", f"{archive.get('name', 'not told')}, SHA-256 {archive.get('sha256', 'not told')}"),
        *((f"Images, {split}", _joined(counts)) for split, counts in manifest.get("counts", {}).items()),
        ("Left out as duplicates", _joined(manifest.get("duplicates_left_out", {}))),
        ("Seed", str(manifest.get("seed", "not told"))),
    ]
    return page.heading("Data set") + page.facts(rows)


def _net(net: Facts) -> str:
    channels, height, width = net.input_shape
    rows = [
        ("Input", f"{channels} colours, {height} x {width} pixels"),
        ("Convolutions", f"{net.convolutions}"),
        ("Parameters", f"{net.parameters:,}"),
        ("Trained by", net.engine),
        ("Epoch kept", f"{net.epoch}"),
        ("model.tar.gz, SHA-256", net.sha256),
    ]
    return page.heading("Net") + page.facts(rows)


def _joined(counts: dict[str, Any]) -> str:
    return ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in counts.items())


def _interval(found: dict[str, Any] | None) -> str:
    return f"{_number(found['lower'])} to {_number(found['upper'])}" if found else ""


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3f}"
