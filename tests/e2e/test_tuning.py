"""A tuned run, with real trainings: the local AWS is killed in its midst and goes on without repeating a trial."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import Any

from tests.e2e.laptop import Laptop

SMALL = ("--set", "Epochs=1", "--set", "ImageShape=3,8,8", "--set", "AccuracyThreshold=0.1")


def test_a_killed_search_goes_on_where_it_was_and_its_best_trial_is_registered(own: Laptop) -> None:
    plain = own.scones("run", *SMALL).stdout.strip()
    assert own.ended(plain)["PipelineExecutionStatus"] == "Succeeded"
    arn = own.scones("run", "--tune", "--trials", "3", *SMALL).stdout.strip()
    _until_one_has_ended(own)
    before = {trial["trial"]: trial for trial in _trials(own, arn) if trial["status"] == "Completed"}
    os.kill(int((own.home / "localaws.pid").read_text()), signal.SIGKILL)

    own.scones("up")
    own.scones("retry")
    assert own.ended(arn)["PipelineExecutionStatus"] == "Succeeded"
    after = {trial["trial"]: trial for trial in _trials(own, arn)}
    assert [after[name] for name in before] == list(before.values()), "what had ended was run again"
    assert sum(trial["status"] == "Completed" for trial in after.values()) == 3

    best, *_ = after.values()
    facts = _newest_version(own)
    said = facts["CustomerMetadataProperties"]
    assert (said["training_job"], said["tuned_optimizer"]) == (best["trial"], best["optimizer"])
    artifact = facts["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    assert artifact.endswith(f"/{best['trial']}/output/model.tar.gz")
    watched = own.scones("watch", arn).stdout
    assert f"the profile's own values: {_accuracy(own, plain):.4f} in {plain.rsplit('/', 1)[1]}" in watched
    assert "Epoch[0] Validation-accuracy=" in own.scones("logs", arn, "TuneModel").stdout


def _until_one_has_ended(laptop: Laptop) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        jobs = laptop.client("sagemaker").list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"]
        if any(job["TrainingJobStatusCounters"]["Completed"] for job in jobs):
            return
        time.sleep(0.1)
    raise AssertionError("No trial has ended.")


def _trials(laptop: Laptop, arn: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(laptop.scones("trials", arn, "--json").stdout)
    return found


def _newest_version(laptop: Laptop) -> dict[str, Any]:
    sagemaker = laptop.client("sagemaker")
    listed = sagemaker.list_model_packages(ModelPackageGroupName="scones-vehicles", SortOrder="Descending")
    newest = listed["ModelPackageSummaryList"][0]["ModelPackageArn"]
    facts: dict[str, Any] = sagemaker.describe_model_package(ModelPackageName=newest)
    return facts


def _accuracy(laptop: Laptop, arn: str) -> float:
    job = laptop.steps(arn)["TrainModel"]["Metadata"]["TrainingJob"]["Arn"].rsplit("/", 1)[1]
    metrics = laptop.client("sagemaker").describe_training_job(TrainingJobName=job)["FinalMetricDataList"]
    return float(next(metric["Value"] for metric in metrics if metric["MetricName"] == "validation:accuracy"))
