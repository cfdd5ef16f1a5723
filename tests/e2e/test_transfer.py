"""Transfer learning on a laptop: weights of other classes, a version that starts from them, and one from that."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from typing import Any

import pytest

from tests.e2e.laptop import REPOSITORY, Laptop

NET = "20-layers-3x8x8"
SHAPE = ("--set", "ImageShape=3,8,8")
# Another test's version may be live, and nets this small are worse than it: the gate is not what is tested here.
UNCOMPARED = ("--set", "LiveModelUri=")
LEAST = ("--set", "Epochs=1", "--set", "LearningRateScheduleSteps=1", "--set", "AccuracyThreshold=0.1")
SMALL = (*SHAPE, *LEAST, *UNCOMPARED)


def _pretrain(laptop: Laptop) -> tuple[str, ...]:
    return ("pretrain", "--archive", str(laptop.few), "--epochs", "3", *SHAPE)


@pytest.fixture(scope="module")
def weights(laptop: Laptop, sample: str) -> str:
    """Weights of a tiny net, whose making was killed once; what the second attempt said."""
    assert sample.startswith("s3://")
    refused = laptop.scones("run", "--profile", "pretrained", *SMALL, code=1).stderr
    assert "none lie under" in refused and "`scones pretrain --profile pretrained`" in refused

    words = [sys.executable, "-m", "console", *_pretrain(laptop)]
    with subprocess.Popen(words, cwd=REPOSITORY, env=laptop.environment, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert next(line for line in first.stdout if line.startswith("epoch 1 of 3"))
        first.send_signal(signal.SIGKILL)
    assert not (laptop.home / "pretrained" / NET).exists(), "nothing half-made counts"
    return laptop.scones(*_pretrain(laptop)).stdout


@pytest.fixture(scope="module")
def transferred(laptop: Laptop, weights: str) -> dict[str, Any]:
    """The version that started from the weights."""
    assert weights.splitlines()[-1] == str(laptop.home / "pretrained" / NET)
    laptop.scones("run", "--profile", "pretrained", *SMALL, "--watch")
    return _newest(laptop)


def test_a_killed_pretraining_goes_on_after_its_last_finished_epoch(weights: str) -> None:
    done = re.search(r"Going on after epoch (\d) of 3", weights)
    assert done, weights
    told = [line.split(":")[0] for line in weights.splitlines() if line.startswith("epoch ")]
    assert told == [f"epoch {epoch} of 3" for epoch in range(int(done[1]) + 1, 4)]


def test_a_run_from_weights_registers_a_version_that_names_them(laptop: Laptop, transferred: dict[str, Any]) -> None:
    note = json.loads((laptop.home / "pretrained" / NET / "note.json").read_text())
    words = transferred["CustomerMetadataProperties"]
    assert words["trained_from"] == f"weights {NET} {note['model_sha256'][:16]}"
    assert "incremental training" in laptop.scones("logs", words["execution_id"], "TrainModel").stdout


def test_a_run_goes_on_from_a_registered_version_of_its_net_alone(laptop: Laptop, transferred: dict[str, Any]) -> None:
    number = str(transferred["ModelPackageVersion"])
    other = laptop.scones("run", "--from-version", number, code=1).stderr
    assert f"Version {number} has 20 layers and the image shape 3,8,8" in other

    laptop.scones("run", "--from-version", number, *SMALL, "--watch")
    assert _newest(laptop)["CustomerMetadataProperties"]["trained_from"] == f"version {number}"


def _newest(laptop: Laptop) -> dict[str, Any]:
    sagemaker = laptop.client("sagemaker")
    listed = sagemaker.list_model_packages(
        ModelPackageGroupName="scones-vehicles", SortBy="CreationTime", SortOrder="Descending"
    )
    found: dict[str, Any] = sagemaker.describe_model_package(
        ModelPackageName=listed["ModelPackageSummaryList"][0]["ModelPackageArn"]
    )
    return found
