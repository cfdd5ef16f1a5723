"""The whole card, and the two files that carry it: one for people and programs, one that RegisterModel reads."""

import json
from pathlib import Path
from typing import Any

from common.jobs import Refusal
from common.labels import LABELS
from evaluation.card.parts import Piece, text, without_empty
from evaluation.card.results import find_weakest, list_results, tell_interval, tell_slice
from evaluation.origin import Job, Training
from evaluation.report import Evaluated
from evaluation.trust.intervals import wilson

CARD = "model_card.json"
TEXTS = "registration.json"
"""What RegisterModel reads by a property file: the card is a string in CreateModelPackage, not an object."""

MOST_CHARACTERS = 100_000
"""botocore: ModelCardContent."""

_LONG, _SHORT, _ADDRESS = 2048, 1024, 1024


def build_card(evaluated: Evaluated, validation_accuracy: float, training: Training, job: Job) -> Piece:
    """The card's content; what is not known of the job or the training is left out."""
    return {
        "model_overview": without_empty(
            {
                "model_creator": text(f"trained by {evaluated.net.engine}, evaluated by EvaluateModel", _SHORT),
                "model_artifact": _addresses(job.inputs.get("model", "")),
            }
        ),
        "intended_uses": _uses(evaluated),
        "training_details": _training(evaluated, validation_accuracy, training),
        "evaluation_details": list_results(evaluated, job),
        "additional_information": {
            "caveats_and_recommendations": text(_limits(evaluated), _LONG),
            "custom_details": _facts(evaluated),
        },
    }


def write_card(card: Piece, folder: Path) -> None:
    """Write both files. Raises Refusal for a card that CreateModelPackage would refuse for its length."""
    content = json.dumps(card, ensure_ascii=False)
    if len(content) > MOST_CHARACTERS:
        raise Refusal(
            f"the model card has {len(content):,} characters, where {MOST_CHARACTERS:,} are allowed: give fewer "
            "hyperparameters."
        )
    (folder / CARD).write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / TEXTS).write_text(json.dumps({"model_card": content}) + "\n", encoding="utf-8")


def _uses(evaluated: Evaluated) -> Piece:
    _, height, width = evaluated.net.input_shape
    point = evaluated.trust.sections["confidence_threshold"]
    weakest = find_weakest(evaluated.trust.sections["slices"])
    return {
        "purpose_of_model": (
            f"Tells {LABELS[0]}s from {LABELS[1]}s on RGB images, which are resized and cropped to {height} x {width} "
            "pixels. It answers one probability a class."
        ),
        "intended_uses": (
            "The inference workflow sends bicycles to nearby orders and motorcycles to distant ones. Answers with a "
            f"confidence below the threshold go to a person; {point['recommended']:g} is recommended for it."
        ),
        "factors_affecting_model_efficiency": text(
            f"Of the kinds of test images the weakest is {tell_slice(*weakest)}.", _LONG
        ),
        "risk_rating": "Unknown",
        "explanations_for_risk_rating": "Evaluation measures and does not rate: a person does, with the version.",
    }


def _training(evaluated: Evaluated, validation_accuracy: float, training: Training) -> Piece:
    manifest, net = evaluated.manifest, evaluated.net
    channels, height, width = net.input_shape
    parameters = [
        {"name": name, "value": text(value, 255)} for name, value in training.hyperparameters.items() if value
    ]
    details = {
        "training_arn": text(training.arn, _ADDRESS),
        "training_datasets": _addresses(str(manifest.get("source") or "")),
        "training_environment": {"container_image": [text(training.image, _ADDRESS)]} if training.image else {},
        "user_provided_training_metrics": [
            {
                "name": "validation accuracy",
                "notes": "Measured by EvaluateModel on the validation images.",
                "value": validation_accuracy,
            }
        ],
        "hyper_parameters": parameters,
    }
    return {
        "objective_function": {
            "function": {"function": "Minimize", "facet": "Loss"},
            "notes": f"Cross entropy. {net.convolutions} convolutions, {net.parameters:,} parameters, input "
            f"{channels} x {height} x {width}; the weights of epoch {net.epoch}.",
        },
        "training_observations": text(_tell_data(manifest), _SHORT),
        "training_job_details": without_empty(details),
    }


def _tell_data(manifest: dict[str, Any]) -> str:
    if not manifest:
        return "No manifest came with the data."
    archive = manifest.get("archive", {})
    counts = "; ".join(f"{split} {_join(found)}" for split, found in manifest.get("counts", {}).items())
    sentences = [
        f"Images by split and class: {counts}",
        _tell("Of these curated", _join_all(manifest.get("curated", {}))),
        _tell("Left out as duplicates", _join_all(manifest.get("duplicates_left_out", {}))),
        _tell("Augmented copies of each training image", manifest.get("augmented_copies")),
        _tell("Data version", manifest.get("dataset_version")),
        _tell("Archive SHA-256", archive.get("sha256")),
        _tell("Random seed of the split", manifest.get("seed")),
    ]
    return " ".join(f"{sentence}." for sentence in sentences if sentence)


def _tell(name: str, value: object) -> str:
    return "" if value in (None, "") else f"{name}: {value}"


def _join(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _join_all(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())


def _limits(evaluated: Evaluated) -> str:
    """What the figures do not say, each from a fact of this evaluation."""
    sections, right = evaluated.trust.sections, evaluated.images - evaluated.mistakes
    _, height, width = evaluated.net.input_shape
    found = wilson(right, evaluated.images)
    point, leaked = sections["confidence_threshold"], sections["leakage"]["test_train"]
    trained = evaluated.manifest.get("counts", {}).get("train", {})
    sentences = [
        f"It knows {len(LABELS)} classes: whatever else an image shows is answered as one of them.",
        f"It sees {height} x {width} pixels: details of larger images are lost.",
        f"{evaluated.images} test images leave an interval of {found['upper'] - found['lower']:.3f} around the "
        f"accuracy ({tell_interval(found)}): smaller differences between models are chance.",
        f"It was trained on {_join(trained)} images." if trained else "",
        f"The confidence threshold rests on {point['pictures']} validation images"
        + ("." if point["target_reached"] else " and none reaches the target: all answers go to a person."),
        f"Of the test images {leaked['exact']} equal and {leaked['near']} nearly equal a training image.",
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _facts(evaluated: Evaluated) -> Piece:
    archive = evaluated.manifest.get("archive", {})
    facts = {
        "artifact_sha256": evaluated.net.sha256,
        "archive_sha256": archive.get("sha256", ""),
        "confidence_threshold": f"{evaluated.trust.sections['confidence_threshold']['recommended']:g}",
        "data_source": str(evaluated.manifest.get("source") or ""),
        "dataset_version": str(evaluated.manifest.get("dataset_version") or ""),
        "training_engine": evaluated.net.engine,
    }
    return without_empty({name: text(value, _SHORT) for name, value in facts.items()})


def _addresses(uri: str) -> list[str]:
    return [text(uri, _ADDRESS)] if uri else []
