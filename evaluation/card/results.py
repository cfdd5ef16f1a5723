"""How good the model is, as the card's evaluation details: metrics, slices, the operating point, the live version."""

from typing import Any

from common.labels import LABELS
from evaluation.card.parts import Piece, curve, group, matrix, number, text, without_empty
from evaluation.origin import Job
from evaluation.report import MEANINGS, Evaluated
from evaluation.trust.intervals import wilson

LONGEST_OBSERVATION = 2096
LONGEST_FACT = 1024
Section = dict[str, Any]


def list_results(evaluated: Evaluated, job: Job) -> list[Piece]:
    """The details in the order in which a person asks: how good, for which images, from which confidence, than what."""
    sections = evaluated.trust.sections
    found = [
        _on_test_images(evaluated, job),
        _by_slice(sections["slices"]),
        _operating_point(sections["confidence_threshold"], sections["calibration"]),
        _leakage(sections["leakage"]),
    ]
    return [*found, _live(sections["comparison"])] if sections["comparison"]["live_model_uri"] else found


def tell_interval(found: Section) -> str:
    """`0.912 to 0.968`; the word where it is no number."""
    return " to ".join(each if isinstance(each, str) else f"{each:.3f}" for each in (found["lower"], found["upper"]))


def _on_test_images(evaluated: Evaluated, job: Job) -> Piece:
    right = evaluated.images - evaluated.mistakes
    sections = evaluated.trust.sections
    told = (
        f"{right} of {evaluated.images} test images are predicted correctly; 95 % interval "
        f"{tell_interval(wilson(right, evaluated.images))} (Wilson). The test images were used for neither training "
        f"nor validation. {sections['gate']['sentence'].rstrip('.')}."
    )
    facts = {
        "images": str(evaluated.images),
        "gate": sections["gate"]["outcome"],
        "accuracy threshold": "" if evaluated.threshold is None else f"{evaluated.threshold:g}",
        "model.tar.gz SHA-256": evaluated.net.sha256,
    }
    return without_empty(
        {
            "name": "Test images",
            "evaluation_observation": text(told, LONGEST_OBSERVATION),
            "evaluation_job_arn": job.arn,
            "datasets": without_empty({"test": job.inputs.get("test", "")}) and [job.inputs["test"]],
            "metadata": without_empty({name: text(value, LONGEST_FACT) for name, value in facts.items()}),
            "metric_groups": [_metrics(evaluated), _tables(evaluated)],
        }
    )


def _metrics(evaluated: Evaluated) -> Piece:
    measured, intervals = evaluated.metrics, evaluated.trust.sections["confidence_intervals"]
    right = evaluated.images - evaluated.mistakes
    shown = []
    for name, _, meaning in MEANINGS:
        notes = [meaning]
        if name == "accuracy":
            notes.append(f"95 % interval {tell_interval(wilson(right, evaluated.images))} (Wilson).")
        elif name in intervals:
            notes.append(f"95 % interval {tell_interval(intervals[name])} ({intervals['method']}).")
        constant = measured[f"{name}_best_constant_classifier"]["value"]
        notes.append(f"Answering {LABELS[1]} every time: {_round(constant)}.")
        shown.append(number(name, measured[name]["value"], " ".join(notes)))
    return group("Metrics", shown)


def _tables(evaluated: Evaluated) -> Piece:
    measured = evaluated.metrics
    counts = [[measured["confusion_matrix"][str(row)][str(column)] for column in (0, 1)] for row in (0, 1)]
    rates = measured["receiver_operating_characteristic_curve"]
    points = list(zip(rates["false_positive_rates"], rates["true_positive_rates"], strict=True))
    shown = [matrix("confusion matrix", counts, LABELS, "Rows: what the images show. Columns: the answers.")]
    if points:
        axes = ("false positive rate", "true positive rate")
        shown.append(curve("ROC curve", points, axes, "Each point is one threshold of the positive class."))
    return group("Tables and curves", shown)


def _by_slice(slices: Section) -> Piece:
    groups = [group(f"Accuracy by {kind}", [_slice(each) for each in found]) for kind, found in slices.items()]
    weakest = find_weakest(slices)
    told = f"The weakest group: {tell_slice(*weakest)}. Groups whose intervals overlap may differ by chance."
    return {"name": "Slices of the test images", "evaluation_observation": told, "metric_groups": groups[1:]}


def find_weakest(slices: Section) -> tuple[str, Section]:
    """The kind and the group of images with the lowest accuracy."""
    groups = [(kind, each) for kind, found in slices.items() if kind != "all" for each in found]
    return min(groups, key=lambda one: (one[1]["accuracy"], -one[1]["pictures"]))


def tell_slice(kind: str, found: Section) -> str:
    """`brightness dark, accuracy 0.812, 95 % interval 0.700 to 0.890 (Wilson), 54 of 67 images`."""
    interval = f"95 % interval {tell_interval(found)} (Wilson)"
    share = f"{found['right']} of {found['pictures']} images"
    return f"{kind} {found['name']}, accuracy {found['accuracy']:.3f}, {interval}, {share}"


def _slice(found: Section) -> Piece:
    notes = f"{found['right']} of {found['pictures']} images; 95 % interval {tell_interval(found)} (Wilson)."
    return number(found["name"], found["accuracy"], notes)


def _operating_point(threshold: Section, calibration: Section) -> Piece:
    target = threshold["target_precision"]
    reached = "is the lowest that reaches it" if threshold["target_reached"] else "is set, as none reaches it"
    told = (
        f"Answers below the confidence threshold go to a person. Of the answers that pass, {target:.0%} shall be "
        f"correct on the {threshold['pictures']} validation images: {threshold['recommended']:g} {reached}. "
        f"The temperature {calibration['temperature']:.3f} was fitted on them and is not applied."
    )
    chosen = [
        number("recommended confidence threshold", threshold["recommended"], "Chosen on the validation images."),
        number("target precision", target),
    ]
    measured = [
        number(f"{name} on {split} images", threshold[split][name], meaning)
        for split in ("validation", "test")
        for name, meaning in (
            ("coverage", "The share of images whose answers pass."),
            ("precision", "Of the answers that pass, how many are correct."),
        )
    ]
    error = calibration["before"]["expected_calibration_error"]
    trusted = [number("expected calibration error", error, "How far confidence and truth lie apart, as served.")]
    groups = [group("Threshold", [*chosen, *measured]), group("Calibration on test images", trusted)]
    return {"name": "Operating point", "evaluation_observation": told, "metric_groups": groups}


def _leakage(found: Section) -> Piece:
    shown = [
        number(f"{word}: {name.replace('_', ' and ')}", each[kind], "Images of the first split that are in the second.")
        for name, each in found.items()
        for kind, word in (("exact", "equal"), ("near", "nearly equal"))
    ]
    told = "Near images have nearly the same outlines and colours, whatever their size or encoding."
    return {
        "name": "Images in two splits",
        "evaluation_observation": told,
        "metric_groups": [group("Images", shown)],
    }


def _live(found: Section) -> Piece:
    difference, apart = found["accuracy_difference"], found["discordant"]
    notes = f"95 % interval {difference['lower']:+.3f} to {difference['upper']:+.3f} (paired bootstrap)."
    shown = [
        number("accuracy difference", difference["value"], notes),
        number("correct only now", apart["only_new_right"]),
        number("correct only by the live version", apart["only_live_right"]),
        number(
            "p-value", found["p_value"], "McNemar's test, exact, one-sided: a small one says that this model is worse."
        ),
    ]
    return {
        "name": "Against the live version",
        "evaluation_observation": text(found["verdict"], LONGEST_OBSERVATION),
        "metadata": {"live model": text(found["live_model_uri"], LONGEST_FACT)},
        "metric_groups": [group("Paired comparison", shown)],
    }


def _round(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.3f}"
