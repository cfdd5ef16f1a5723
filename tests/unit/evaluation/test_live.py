"""The live version: fetched, asked about the same images, and named where it cannot be used."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pytest
from moto import mock_aws

from evaluation.__main__ import main
from evaluation.trust import live
from tests.artifacts import write_artifact
from tests.unit.evaluation.conftest import save_images

# A comparison has no plot of its own.
pytestmark = pytest.mark.usefixtures("unpainted")
URI = "s3://scones-bucket/runs/1/model/output/model.tar.gz"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="scones-bucket")
        yield client


@pytest.fixture
def publish(ready: Path, s3: Any, packed: Callable[[Path], Path]) -> Callable[..., None]:
    """Make the good net the live one, and put a net that always says motorcycle in its place, or the like."""

    def put(**net: Any) -> None:
        write_artifact(ready / "live", **net)
        s3.put_object(Bucket="scones-bucket", Key=URI.split("/", 3)[3], Body=packed(ready / "live").read_bytes())
        packed(ready / "net")

    return put


def section(ready: Path, name: str) -> Any:
    return json.loads((ready / "output/evaluation.json").read_text())[name]


def test_the_same_net_is_not_worse_than_itself(ready: Path, arguments: list[str], publish: Callable[..., None]) -> None:
    publish()
    assert main([*arguments, f"--live-model-uri={URI}", "--threshold", "0.8"]) == 0
    found = section(ready, "comparison")
    assert (found["p_value"], found["accuracy"]["live"]) == (1.0, pytest.approx(10 / 12))
    assert URI in (ready / "output/report.html").read_text()


def test_a_worse_net_is_refused_in_the_report_though_it_is_above_the_threshold(
    ready: Path, arguments: list[str], publish: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish()
    save_images(ready, per_class=20)
    always = np.array([[0.0, 1.0]] * 40)
    good = live.ask(URI, _tests(ready))
    monkeypatch.setattr("evaluation.evaluate.predict", lambda _net, split: _said(split, always))
    assert good.right.all()
    assert main([*arguments, f"--live-model-uri={URI}", "--threshold", "0.4"]) == 0
    assert section(ready, "comparison")["p_value"] < 0.001
    assert section(ready, "gate")["outcome"] == "refused"
    page = (ready / "output/report.html").read_text()
    assert "this model will not be registered. The model is worse than the live version" in page


def test_a_live_net_of_another_input_size_is_asked_too(
    ready: Path, arguments: list[str], publish: Callable[..., None]
) -> None:
    publish(shape=(3, 24, 24))
    assert main([*arguments, f"--live-model-uri={URI}"]) == 0
    assert section(ready, "comparison")["discordant"] == {"only_live_right": 0, "only_new_right": 0}


def test_a_live_net_of_other_classes_fails_by_the_parameters_name(
    ready: Path, arguments: list[str], publish: Callable[..., None]
) -> None:
    publish(classes=3)
    assert main([*arguments, f"--live-model-uri={URI}"]) == 1
    said = (ready / "message").read_text()
    assert said.startswith(f"LiveModelUri is {URI}, and the new model cannot be compared with it (the model answers 3")
    assert said.count("\n") == 0
    assert not (ready / "output").exists()


@pytest.mark.usefixtures("s3")
@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("s3://scones-bucket/nothing", "404"),
        ("https://example.com/model.tar.gz", "no address like s3://bucket/key"),
        ("s3://scones-bucket/", "no address like s3://bucket/key"),
    ],
)
def test_an_address_without_a_model_fails_by_the_parameters_name(
    ready: Path, arguments: list[str], uri: str, reason: str
) -> None:
    assert main([*arguments, f"--live-model-uri={uri}"]) == 1
    said = (ready / "message").read_text()
    assert said.startswith(f"LiveModelUri is {uri}, and")
    assert reason in said


def test_an_artifact_that_is_too_large_is_not_fetched(
    ready: Path, arguments: list[str], publish: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    publish()
    monkeypatch.setattr(live, "LIMITS", replace(live.LIMITS, file_bytes=100))
    assert main([*arguments, f"--live-model-uri={URI}"]) == 1
    assert "where 100 are allowed" in (ready / "message").read_text()


def _tests(root: Path) -> Any:
    from evaluation.split import read

    return read("test", root / "test", root / "lst")


def _said(split: Any, probabilities: Any) -> Any:
    from evaluation.predict import Answers

    return Answers(split.paths, np.asarray(split.labels), probabilities[: len(split.paths)])
