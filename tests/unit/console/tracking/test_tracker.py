"""Records written by MLflow's own client into MLflow's own store of files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from mlflow import MlflowClient

from console.page.source import Source
from console.progress.snapshot import Epoch, Training
from console.tracking.record import File, Point, Record, Version, list_epochs, parse_trial
from console.tracking.tracker import ARTIFACTS, LIVE, Tracker

START = datetime(2026, 11, 28, 12, tzinfo=UTC)
ARN = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/scones-training/execution/abc"
ADDRESS = "s3://bucket/evaluation/report.html"
EPOCHS = Training("Training", (Epoch(1, 0.5, 0.4, 2.0), Epoch(2, 0.7, None, 2.0)), 2)


class Objects:
    """S3 as the tracker uses it."""

    def download_file(self, bucket: str, key: str, path: str) -> None:
        Path(path).write_text(f"{bucket}/{key}", encoding="utf-8")


class Stored:
    """A source with nothing but objects."""

    def client(self, service: str) -> Any:
        assert service == "s3"
        return Objects()


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tmp_path.as_uri())
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    return MlflowClient()


@pytest.fixture
def tracker(client: MlflowClient) -> Tracker:
    return Tracker(cast(Source, Stored()))


def running(**changes: Any) -> Record:
    made = Record(
        key=ARN,
        experiment="scones-training",
        name="first",
        status="RUNNING",
        state="Executing",
        start=START,
        end=None,
        parameters={"Epochs": "2", "Empty": ""},
        points=list(list_epochs(EPOCHS, START)),
        tags={"trigger": "push", "failure": ""},
    )
    return replace(made, **changes)


def ended(**changes: Any) -> Record:
    return running(status="FINISHED", state="Succeeded 1", end=START + timedelta(minutes=1), **changes)


def curve(client: MlflowClient, run_id: str, metric: str) -> list[tuple[int, float]]:
    return [(point.step, point.value) for point in client.get_metric_history(run_id, metric)]


def test_an_execution_is_one_run_however_often_it_is_written(client: MlflowClient, tracker: Tracker) -> None:
    run_id = tracker.write(running())
    grown = replace(EPOCHS, epochs=(*EPOCHS.epochs, Epoch(3, 0.9, 0.8, 2.0)))
    for _ in range(2):
        assert tracker.write(running(points=list(list_epochs(grown, START)))) == run_id
    # Another process, which knows nothing of the first.
    assert Tracker(cast(Source, Stored())).write(running(points=list(list_epochs(grown, START)))) == run_id

    run = client.get_run(run_id)
    assert (run.info.run_name, run.info.status, run.info.start_time) == ("first", "RUNNING", 1795867200000)
    assert run.data.params == {"Epochs": "2", "Empty": ""}
    assert run.data.tags["trigger"] == "push"
    assert "failure" not in run.data.tags
    assert curve(client, run_id, "train_accuracy") == [(1, 0.5), (2, 0.7), (3, 0.9)]
    assert curve(client, run_id, "validation_accuracy") == [(1, 0.4), (3, 0.8)]
    assert client.get_metric_history(run_id, "train_accuracy")[2].timestamp == run.info.start_time + 6_000


def test_at_its_end_a_run_has_its_numbers_its_reports_and_its_version(client: MlflowClient, tracker: Tracker) -> None:
    accuracy = Point("accuracy", 0.93, 0, START)
    record = ended(
        points=[*list_epochs(EPOCHS, START), accuracy],
        files=[File(ADDRESS, "evaluation/report.html")],
        version=Version("scones-vehicles", 3, "s3://bucket/model.tar.gz", "PendingManualApproval"),
    )
    for _ in range(2):
        run_id = tracker.write(record)

    run = client.get_run(run_id)
    assert (run.info.status, run.data.metrics["accuracy"]) == ("FINISHED", 0.93)
    assert [file.path for file in client.list_artifacts(run_id, "evaluation")] == ["evaluation/report.html"]
    (version,) = client.search_model_versions("name = 'scones-vehicles'")
    assert (version.run_id, version.source) == (run_id, "s3://bucket/model.tar.gz")
    assert version.tags == {"sagemaker.version": "3", "sagemaker.approval": "PendingManualApproval"}
    assert tracker.list_written("scones-training") == {ARN: "Succeeded 1"}

    tracker.write_approvals("scones-vehicles", {3: "Approved", 4: "Approved"})
    assert client.get_model_version_by_alias("scones-vehicles", LIVE).tags["sagemaker.approval"] == "Approved"


def test_a_retried_execution_goes_on_in_its_run(client: MlflowClient, tracker: Tracker) -> None:
    run_id = tracker.write(replace(ended(), status="FAILED", state="Failed 1"))
    assert client.get_run(run_id).info.status == "FAILED"
    tracker.write(running())
    assert client.get_run(run_id).info.status == "RUNNING"
    tracker.write(ended())
    assert client.get_run(run_id).info.status == "FINISHED"


def test_trials_of_a_search_are_runs_below_it(client: MlflowClient, tracker: Tracker) -> None:
    trial = parse_trial(
        {
            "TrainingJobArn": f"{ARN}-1",
            "TrainingJobName": "trial-1",
            "TrainingJobStatus": "Completed",
            "CreationTime": START,
            "TunedHyperParameters": {"learning_rate": "0.1"},
            "FinalHyperParameterTuningJobObjectiveMetric": {"MetricName": "validation:accuracy", "Value": 0.75},
        },
        "scones-training",
    )
    run_id = tracker.write(running(trials=[trial]))
    experiment = client.get_experiment_by_name("scones-training")
    assert experiment
    (found,) = client.search_runs([experiment.experiment_id], f"tags.`mlflow.parentRunId` = '{run_id}'")
    assert found.data.params == {"learning_rate": "0.1"}
    assert found.data.metrics == {"validation:accuracy": 0.75}


def test_a_report_that_cannot_be_uploaded_costs_no_number(
    client: MlflowClient, tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(MlflowClient, "log_artifact", fail)
    run_id = tracker.write(ended(files=[File(ADDRESS, "evaluation/report.html")]))
    run = client.get_run(run_id)
    assert run.info.status == "FINISHED"
    assert run.data.tags[ARTIFACTS] == "evaluation/report.html could not be uploaded: no room"
