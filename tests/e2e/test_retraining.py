"""Drift and new pictures start trainings by themselves: one at a time, with the reason, and so many a day."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from localaws.images.mapping import Mapped, load_mapping, save_mapping
from tests.e2e.laptop import Laptop, free_port

BUCKET = "scones-000000000000-us-east-1"
PIPELINE, ALARM = "scones-training", "scones-vehicles-drift"
_PROGRAM = 'test "$0" = train && exec sleep 300; exec python3 -m localaws.algorithms.image_classification "$0"'
IDLE = ("sh", "-c", _PROGRAM)
"""The algorithm, but for a training that only waits."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """A local AWS of its own, where a person has trained and approved once: other tests' runs would fill the day."""
    laptop = Laptop(free_port(), tmp_path_factory.mktemp("retraining"))
    laptop.scones("up")
    laptop.sample()
    approved = ("--set", "ModelApprovalStatus=Approved")
    small = ("--set", "Epochs=1", "--set", "ImageShape=3,8,8", "--set", "AccuracyThreshold=0.1")
    laptop.scones("run", *small, *approved, "--watch")
    # What alarms and images start has only to be under way until it is stopped: that takes no core.
    save_mapping(laptop.home, {**load_mapping(laptop.home), "image-classification": Mapped(IDLE)})
    yield laptop
    laptop.scones("down")


@pytest.fixture(scope="module")
def drift(trained: Laptop) -> str:
    """The ARN of the execution that the alarm started; it runs until `batch` stops it."""
    ring(trained)
    return await_newest(trained, "auto-drift-")


@dataclass(frozen=True)
class Batch:
    """What was told of images that came while a training ran, and the execution that took them up afterwards."""

    told: dict[str, Any]
    newest_meanwhile: str
    execution: str


@pytest.fixture(scope="module")
def batch(trained: Laptop, drift: str, pictures: Path) -> Batch:
    """A batch that had to wait for the training that the alarm started; its own training runs."""
    told = json.loads(trained.python("-c", IMPATIENT, "ingest", str(pictures), "--json").stdout)
    meanwhile = executions(trained)[0]["PipelineExecutionArn"]
    trained.scones("stop")
    trained.ended(drift)
    return Batch(told, meanwhile, await_newest(trained, "auto-batch-"))


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two good pictures, one of them twice, and one that is too small."""
    folder = tmp_path_factory.mktemp("pictures")
    draw(folder / "bicycle" / "a.png", 1)
    draw(folder / "bicycle" / "again.png", 1)
    draw(folder / "motorcycle" / "b.jpg", 2)
    draw(folder / "motorcycle" / "small.png", 3, side=8)
    return folder


def draw(path: Path, seed: int, side: int = 40) -> None:
    path.parent.mkdir(exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (side, side, 3), dtype=np.uint8)).save(path)


# `scones ingest`, which gives a batch that has to wait a second in place of its thirty.
IMPATIENT = """
import sys
from console.__main__ import main
from console.intake import ingestion
ingestion._STARTING_SECONDS = 1
sys.exit(main(sys.argv[1:]))
"""


def ring(laptop: Laptop) -> None:
    """Let the drift alarm ring, and be quiet again; the local AWS looks at alarms once a second."""
    for value in ("ALARM", "OK"):
        laptop.client("cloudwatch").set_alarm_state(AlarmName=ALARM, StateValue=value, StateReason="a test")
        time.sleep(1.5)


def executions(laptop: Laptop) -> list[dict[str, Any]]:
    listed = laptop.client("sagemaker").list_pipeline_executions(PipelineName=PIPELINE)
    found: list[dict[str, Any]] = listed["PipelineExecutionSummaries"]
    return found


def await_newest(laptop: Laptop, prefix: str) -> str:
    """Wait until an execution is the newest whose name begins so; answers its ARN."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        newest = executions(laptop)[0]
        if newest["PipelineExecutionDisplayName"].startswith(prefix):
            return str(newest["PipelineExecutionArn"])
        time.sleep(0.2)
    raise AssertionError(f"{newest} is the newest execution, and none of {prefix} came")


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def parameters(laptop: Laptop, arn: str) -> dict[str, str]:
    listed = laptop.client("sagemaker").list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)
    return {entry["Name"]: entry["Value"] for entry in listed["PipelineParameters"]}


def keys(laptop: Laptop, prefix: str) -> list[str]:
    listed = laptop.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)
    return [entry["Key"] for entry in listed.get("Contents", [])]


def test_the_drift_alarm_starts_a_training_that_says_why(trained: Laptop, drift: str) -> None:
    given = parameters(trained, drift)
    assert given["StartReason"].startswith(f"drift: the alarm {ALARM} rang at ")
    assert given["StartedBy"] == "start_training"
    live = re.fullmatch(rf"s3://{BUCKET}/(approved/v1-\w+|runs/\S+)/model\.tar\.gz", given["LiveModelUri"])
    assert live, "the version that a person has approved, by its copy if deploy_model has made that already"
    assert given["CommitId"] == parameters(trained, executions(trained)[-1]["PipelineExecutionArn"])["CommitId"]


def test_pictures_that_come_meanwhile_are_taken_in_and_trained_on_afterwards(
    trained: Laptop, drift: str, batch: Batch
) -> None:
    told = batch.told
    assert (told["sent"], told["curated"], told["duplicates"]) == (4, 2, 1)
    assert [row["reason"] for row in told["quarantined"]] == ["too-small"]
    assert told["execution"] is None
    assert batch.newest_meanwhile == drift
    assert parameters(trained, batch.execution)["StartReason"] == "batch: one batch of new images"
    # The marker is moved once the execution is started, and so a moment later.
    until(lambda: not keys(trained, "batches/pending/"))
    marker = f"batches/started/{told['batch']}.json"
    assert batch.execution in trained.client("s3").get_object(Bucket=BUCKET, Key=marker)["Body"].read().decode()
    assert keys(trained, "incoming/") == []


def test_a_flapping_alarm_a_restart_and_a_person_s_call_start_no_second_one(trained: Laptop, batch: Batch) -> None:
    ring(trained)
    before = [each["PipelineExecutionArn"] for each in executions(trained)]
    assert before[0] == batch.execution
    answer = trained.client("lambda").invoke(FunctionName="scones-start-training", Payload=b'{"reason": "me too"}')
    assert "runs; ask again when it has ended" in json.loads(answer["Payload"].read())["reason"]
    trained.scones("stop")
    trained.ended(before[0])
    trained.scones("down")
    trained.scones("up")
    ring(trained)
    assert [each["PipelineExecutionArn"] for each in executions(trained)] == before
