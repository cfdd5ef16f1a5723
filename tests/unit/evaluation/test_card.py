"""The model card of an evaluation: it keeps AWS's schema, tells what was measured, and no more than is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.__main__ import main
from localaws.sagemaker.rules.model_cards import find_violation

MANIFEST = {
    "source": "s3://bucket/raw/abc/drawn.tar.gz",
    "dataset_version": "v-1",
    "archive": {"name": "drawn.tar.gz", "bytes": 1, "sha256": "5" * 64},
    "seed": 42,
    "augmented_copies": 0,
    "counts": {"train": {"bicycle": 3, "motorcycle": 3}, "test": {"bicycle": 6, "motorcycle": 6}},
    "curated": {"train": 1, "validation": 0, "test": 0},
    "duplicates_left_out": {"equal_to_test": 2, "within_training": 0, "with_other_label": 0},
}
JOB = {
    "ProcessingJobArn": "arn:aws:sagemaker:us-east-1:000000000000:processing-job/evaluate",
    "ProcessingJobName": "evaluate",
    "ProcessingInputs": [
        {"InputName": "model", "S3Input": {"S3Uri": "s3://bucket/runs/1/model/model.tar.gz"}},
        {"InputName": "test", "S3Input": {"S3Uri": "s3://bucket/runs/1/test"}},
    ],
}
TRAINING = [
    "--training-arn",
    "arn:training",
    "--training-image",
    "image:1",
    "--hyperparameter",
    "lr_scheduler_step=2,3",
]


def evaluate(ready: Path, arguments: list[str], *more: str) -> dict[str, Any]:
    """The card of an evaluation, read from both files, which must agree."""
    assert main([*arguments, *more]) == 0
    card: dict[str, Any] = json.loads((ready / "output/model_card.json").read_text())
    carried = json.loads((ready / "output/registration.json").read_text())["model_card"]
    assert json.loads(carried) == card
    assert "\n" not in carried  # botocore: the pattern of ModelCardContent has none
    return card


def find(card: dict[str, Any], name: str) -> dict[str, Any]:
    details: list[dict[str, Any]] = card["evaluation_details"]
    return next(each for each in details if each["name"] == name)


def numbers(detail: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each for group in detail["metric_groups"] for each in group["metric_data"]}


@pytest.fixture
def full(ready: Path, arguments: list[str], unpainted: None) -> dict[str, Any]:
    """The card where everything is told: the data, the job, the training, a live version."""
    (ready / "lst/manifest.json").write_text(json.dumps(MANIFEST))
    (ready / "config").mkdir()
    (ready / "config/processingjobconfig.json").write_text(json.dumps(JOB))
    return evaluate(ready, arguments, "--threshold", "0.8", "--config-dir", str(ready / "config"), *TRAINING)


def test_a_card_keeps_awss_schema_and_fits_the_sdks_classes(full: dict[str, Any]) -> None:
    assert find_violation(full) is None
    assert "NaN" not in json.dumps(full, allow_nan=False)


def test_a_card_tells_the_data_by_split_and_class_with_address_and_digest(full: dict[str, Any]) -> None:
    told = full["training_details"]["training_observations"]
    assert "train 3 bicycle, 3 motorcycle; test 6 bicycle, 6 motorcycle" in told
    assert "Archive SHA-256: " + "5" * 64 in told
    assert "2 equal to test" in told
    details = full["training_details"]["training_job_details"]
    assert details["training_datasets"] == ["s3://bucket/raw/abc/drawn.tar.gz"]
    assert full["additional_information"]["custom_details"]["dataset_version"] == "v-1"


def test_a_card_tells_the_training_and_the_jobs(full: dict[str, Any]) -> None:
    details = full["training_details"]["training_job_details"]
    assert details["training_arn"] == "arn:training"
    assert details["training_environment"] == {"container_image": ["image:1"]}
    assert details["hyper_parameters"] == [{"name": "lr_scheduler_step", "value": "2,3"}]
    assert full["model_overview"]["model_artifact"] == ["s3://bucket/runs/1/model/model.tar.gz"]
    tested = find(full, "Test images")
    assert (tested["evaluation_job_arn"], tested["datasets"]) == (JOB["ProcessingJobArn"], ["s3://bucket/runs/1/test"])


def test_a_card_tells_metrics_with_intervals_and_each_slice(full: dict[str, Any]) -> None:
    accuracy = numbers(find(full, "Test images"))["accuracy"]
    assert accuracy["value"] == pytest.approx(10 / 12)
    assert "95 % interval 0.552 to 0.953 (Wilson)" in accuracy["notes"]
    slices = numbers(find(full, "Slices of the test images"))
    assert slices["bicycle"]["value"] == pytest.approx(4 / 6)
    assert slices["motorcycle"]["notes"].startswith("6 of 6 images; 95 % interval 0.610 to 1.000")
    assert find(full, "Slices of the test images")["evaluation_observation"].startswith(
        "The weakest group: class bicycle"
    )


def test_a_card_tells_the_operating_point_and_limits_that_follow_from_figures(full: dict[str, Any]) -> None:
    point = numbers(find(full, "Operating point"))
    assert f"{point['recommended confidence threshold']['value']:g}" in full["intended_uses"]["intended_uses"]
    limits = full["additional_information"]["caveats_and_recommendations"]
    for fact in (
        "28 x 28 pixels",
        "12 test images leave an interval of 0.401",
        "3 bicycle, 3 motorcycle",
        "6 validation",
    ):
        assert fact in limits


@pytest.mark.usefixtures("unpainted")
def test_a_card_leaves_out_what_nobody_told(ready: Path, arguments: list[str]) -> None:
    (ready / "lst/manifest.json").unlink()
    card = evaluate(ready, arguments, "--config-dir", str(ready / "nowhere"))
    assert find_violation(card) is None
    assert card["training_details"]["training_job_details"].keys() == {"user_provided_training_metrics"}
    assert card["training_details"]["training_observations"] == "No manifest came with the data."
    assert "Against the live version" not in [each["name"] for each in card["evaluation_details"]]


@pytest.mark.usefixtures("unpainted")
def test_a_hyperparameter_without_a_value_is_refused_in_words(
    ready: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--hyperparameter", "epochs"]) == 1
    assert "--hyperparameter is 'epochs', where name=value is allowed" in capsys.readouterr().err
    assert not (ready / "output/model_card.json").exists()


@pytest.mark.usefixtures("unpainted")
def test_a_card_tells_the_comparison_with_the_live_version(
    ready: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(uri: str, target: Path) -> None:
        target.write_bytes((ready / "model/model.tar.gz").read_bytes())

    monkeypatch.setattr("evaluation.trust.live._fetch", fetch)
    card = evaluate(ready, arguments, "--live-model-uri", "s3://bucket/approved/v1/model.tar.gz")
    assert find_violation(card) is None
    compared = find(card, "Against the live version")
    assert numbers(compared)["accuracy difference"]["value"] == 0
    assert compared["metadata"] == {"live model": "s3://bucket/approved/v1/model.tar.gz"}
