"""From pictures to a registered version, with the real containers and the real algorithm, trained small."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from localaws.algorithms.image_classification.engine import choose_engine
from seedcode.image.content import USER, tag
from tests.e2e.laptop import REPOSITORY, Laptop

BUCKET = "scones-000000000000-us-east-1"
PACKAGES = "arn:aws:sagemaker:us-east-1:000000000000:model-package/scones-vehicles"
# Another test's version may be live: these are compared with none.
SMALL = ("--set", "Epochs=2", "--set", "AccuracyThreshold=0.1", "--set", "LiveModelUri=")


# What the first run has made is in the cache for who asks the same, and for nobody else's run.
FIRST = (*SMALL, "--set", "Seed=100")
# Where the net is not the subject.
TINY = ("--set", "ImageShape=3,8,8", "--set", "Epochs=1")


@pytest.fixture(scope="module")
def few(sample: str) -> tuple[str, str]:
    """The setting that names the small sample, also when another archive is the newest."""
    return "--set", f"InputDataUri={sample}"


@pytest.fixture(scope="module")
def first_run(laptop: Laptop, few: tuple[str, str]) -> str:
    """A run as a person's first one is; its image is this repository's, not a push's."""
    laptop.scones("up")
    return laptop.scones("run", *FIRST, *few, "--watch").stdout.split()[0]


def test_a_run_registers_a_version_that_waits_for_approval(laptop: Laptop, first_run: str) -> None:
    versions = {one["execution"]: one for one in json.loads(laptop.scones("models", "--json").stdout)}
    version = versions[first_run.rsplit("/", 1)[1]]
    assert version["approval"] == "PendingManualApproval"
    assert version["training_images"] == 180
    assert 0.1 <= float(version["accuracy"]) <= 1
    package = laptop.client("sagemaker").describe_model_package(ModelPackageName=f"{PACKAGES}/{version['version']}")
    assert package["CustomerMetadataProperties"]["training_engine"] == choose_engine()


def test_a_version_is_exported_as_a_file_that_answers(laptop: Laptop, first_run: str, tmp_path: Path) -> None:
    versions = {one["execution"]: one["version"] for one in json.loads(laptop.scones("models", "--json").stdout)}
    path = tmp_path / "model.onnx"
    said = laptop.scones("export", str(versions[first_run.rsplit("/", 1)[1]]), "--onnx", str(path)).stdout
    assert "the probabilities of bicycle, motorcycle." in said
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    images = np.zeros((2, *session.get_inputs()[0].shape[1:]), np.float32)
    assert session.run(None, {"data": images})[0].sum(axis=1) == pytest.approx(1)


def _steps(laptop: Laptop, arn: str) -> dict[str, dict[str, Any]]:
    """The requests of the steps that an execution's definition has, but for those behind the gate."""
    described = laptop.client("sagemaker").describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)
    return {step["Name"]: step["Arguments"] for step in json.loads(described["PipelineDefinition"])["Steps"]}


def test_a_run_has_what_the_stack_has_decided_as_on_aws(laptop: Laptop, first_run: str) -> None:
    steps, outputs = _steps(laptop, first_run), laptop.outputs()
    for name in ("PrepareData", "EvaluateModel"):
        repository, _, image = steps[name]["AppSpecification"]["ImageUri"].partition(":")
        assert repository == outputs["ImageRepositoryUri"]
        assert re.fullmatch("[0-9a-f]{16}", image)
        assert steps[name]["ProcessingOutputConfig"]["KmsKeyId"] == outputs["KeyArn"]
        assert steps[name]["RoleArn"] == outputs["TrainingRoleArn"]
    assert steps["TrainModel"]["OutputDataConfig"]["KmsKeyId"] == outputs["KeyArn"]
    pipeline = laptop.client("sagemaker").describe_pipeline(PipelineName="scones-training")
    assert pipeline["RoleArn"] == outputs["PipelineRoleArn"]


def test_without_its_image_nothing_is_started_or_goes_on_and_up_brings_it_back(laptop: Laptop, first_run: str) -> None:
    ecr, image = laptop.client("ecr"), laptop.outputs()["ImageUri"]
    ecr.batch_delete_image(repositoryName="scones", imageIds=[{"imageTag": image.rpartition(":")[2]}])
    before = laptop.scones("executions").stdout
    said = laptop.scones("run", code=1).stderr
    assert f"The container image {image} is not in ECR, so nothing was started; push the code" in said
    assert said.count("\n") == 1
    assert laptop.scones("executions").stdout == before
    laptop.scones("up")
    there = {"imageTag": tag(USER, REPOSITORY)}
    assert ecr.describe_images(repositoryName="scones", imageIds=[there])["imageDetails"]
    assert laptop.outputs()["ImageUri"].endswith(":" + there["imageTag"])


def test_the_evaluation_lies_in_the_run_s_own_prefix(laptop: Laptop, first_run: str) -> None:
    prefix = f"runs/{first_run.rsplit('/', 1)[1]}/evaluation/"
    listed = laptop.client("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]
    names = {entry["Key"].removeprefix(prefix) for entry in listed}
    assert {"evaluation.json", "predictions.csv", "report.html"} <= names
    report = json.loads(laptop.client("s3").get_object(Bucket=BUCKET, Key=prefix + "evaluation.json")["Body"].read())
    matrix = report["binary_classification_metrics"]["confusion_matrix"]
    assert sum(count for row in matrix.values() for count in row.values()) == 200


def test_each_step_s_log_can_be_read(laptop: Laptop, first_run: str) -> None:
    log = laptop.scones("logs", first_run, "TrainModel").stdout
    assert "Epoch[1] Validation-accuracy=" in log
    assert f"Training engine: {choose_engine()} (" in log
    newest = json.loads(laptop.scones("executions", "--json").stdout)[0]["id"]
    assert laptop.scones("logs", "latest", "PrepareData").stdout == laptop.scones("logs", newest, "PrepareData").stdout
    assert "PrepareData" in laptop.scones("logs", first_run, "NoSuchStep", code=1).stderr


def test_an_execution_is_a_run_of_mlflow(laptop: Laptop, first_run: str, tmp_path: Path) -> None:
    named = {"MLFLOW_TRACKING_URI": tmp_path.as_uri(), "MLFLOW_ALLOW_FILE_STORE": "true"}
    from mlflow import MlflowClient  # it takes a second, which each worker would spend

    laptop.scones("mlflow", **named)
    assert "0 runs were read" in laptop.scones("mlflow", **named).stdout
    mlflow = MlflowClient(tmp_path.as_uri())
    experiment = mlflow.get_experiment_by_name("scones-training")
    assert experiment
    (run,) = mlflow.search_runs([experiment.experiment_id], f"tags.`scones.arn` = '{first_run}'")
    versions = {one["execution"]: one for one in json.loads(laptop.scones("models", "--json").stdout)}
    version = versions[first_run.rsplit("/", 1)[1]]
    assert run.info.status == "FINISHED"
    assert run.data.params["Epochs"] == "2"
    assert run.data.metrics["accuracy"] == pytest.approx(float(version["accuracy"]), abs=1e-4)
    assert [point.step for point in mlflow.get_metric_history(run.info.run_id, "validation_accuracy")] == [1, 2]
    kept = {file.path for file in mlflow.list_artifacts(run.info.run_id, "evaluation")}
    assert {"evaluation/evaluation.json", "evaluation/report.html"} <= kept
    registered = mlflow.search_model_versions("name = 'scones-vehicles'")
    assert str(version["version"]) in {one.tags["sagemaker.version"] for one in registered}


def test_an_unchanged_second_run_takes_its_steps_from_the_cache(
    laptop: Laptop, first_run: str, few: tuple[str, str]
) -> None:
    second = laptop.scones("run", *FIRST, *few, "--watch").stdout.split()[0]
    before, steps = laptop.steps(first_run), laptop.steps(second)
    for name in ("PrepareData", "TrainModel", "EvaluateModel"):
        assert "CacheHitResult" in steps[name]
        assert steps[name]["Metadata"] == before[name]["Metadata"], "no job of its own was started"
    assert "CacheHitResult" not in steps["RegisterModel"]


def test_an_accuracy_below_the_threshold_fails_in_words_and_registers_nothing(
    laptop: Laptop, first_run: str, few: tuple[str, str]
) -> None:
    assert first_run, "whose training and images this one takes"
    before = len(json.loads(laptop.scones("models", "--json").stdout))
    high = ("--set", "Epochs=2", "--set", "Seed=100", "--set", "AccuracyThreshold=0.999")
    done = laptop.scones("run", *high, *few, "--watch", code=1)
    assert "AccuracyTooLow" in done.stdout
    assert "0.999" in done.stdout
    described = laptop.ended(done.stdout.split()[0])
    assert described["PipelineExecutionStatus"] == "Failed"
    assert "0.999" in described["FailureReason"]
    [row] = [
        one for one in json.loads(laptop.scones("executions", "--json").stdout) if one["arn"] == done.stdout.split()[0]
    ]
    assert (row["status"], row["profile"], row["version"]) == ("Failed", "compact", None)
    assert 0 <= row["accuracy"] < 0.999
    assert row["started"].endswith("Z")
    line = next(one for one in laptop.scones("executions").stdout.splitlines() if one.startswith(row["id"]))
    assert row["reason"] in line
    assert len(json.loads(laptop.scones("models", "--json").stdout)) == before


def test_two_executions_at_once_do_not_disturb_each_other(laptop: Laptop, few: tuple[str, str]) -> None:
    small = ("--set", "AccuracyThreshold=0.1", "--set", "LiveModelUri=", *TINY, *few)
    arns = [laptop.scones("run", *small, "--set", f"Seed={seed}").stdout.strip() for seed in (101, 102)]
    assert [laptop.ended(arn)["PipelineExecutionStatus"] for arn in arns] == ["Succeeded", "Succeeded"]
    lists = [_training_list(laptop, arn) for arn in arns]
    assert sorted(map(len, lists)) == [180, 180]
    assert lists[0] != lists[1], "another seed chooses another validation share"


def test_a_run_can_be_stopped_and_retried_without_running_finished_steps_again(
    laptop: Laptop, few: tuple[str, str]
) -> None:
    arn = laptop.scones("run", "--set", "Epochs=200", "--set", "Seed=103", *few).stdout.strip()
    laptop.until(arn, lambda _: laptop.steps(arn).get("TrainModel", {}).get("StepStatus") == "Executing")
    prepared = laptop.steps(arn)["PrepareData"]
    laptop.scones("stop", arn)
    assert laptop.ended(arn)["PipelineExecutionStatus"] == "Stopped"
    assert laptop.steps(arn)["TrainModel"]["StepStatus"] == "Stopped"
    laptop.scones("retry", arn)
    laptop.until(arn, lambda _: laptop.steps(arn)["TrainModel"]["StepStatus"] == "Executing")
    assert laptop.steps(arn)["PrepareData"] == prepared
    laptop.scones("stop", arn)
    laptop.ended(arn)


def _training_list(laptop: Laptop, arn: str) -> list[str]:
    key = f"runs/{arn.rsplit('/', 1)[1]}/lst/train.lst"
    body: Any = laptop.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"]
    return [line.split("\t")[2] for line in body.read().decode().splitlines()]
