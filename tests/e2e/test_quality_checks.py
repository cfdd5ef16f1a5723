"""Checks of data and of a model in a pipeline of the SDK: each run against the version that was approved before it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from localaws.redirect import FOLDER, NO_TELEMETRY
from tests.e2e.laptop import Laptop

PROGRAM = Path(__file__).with_name("quality_pipelines.py")
CHECKS = ("CheckData", "CheckModel")


@pytest.fixture(scope="module")
def ran(laptop: Laptop, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What became of the pipeline's runs, over a table of drawn shells and one whose weights have moved."""
    folder = tmp_path_factory.mktemp("checks")
    chance = np.random.default_rng(8)
    weight, sex = chance.uniform(0, 2, 300), chance.choice(["M", "F", "I"], 300)
    rings = np.round(5 + 6 * weight)
    guess = rings + chance.normal(0, 1, 300)
    for name, moved in (("same", 0.0), ("moved", 1.0)):
        rows = zip(sex, weight + moved, guess, rings, strict=True)
        lines = [f"{s},{w:.4f},{g:.4f},{r:.0f}" for s, w, g, r in rows]
        (folder / f"{name}.csv").write_text("sex,weight,guess,rings\n" + "\n".join(lines) + "\n")
    laptop.role("checks", "sagemaker")
    done = subprocess.run(
        [sys.executable, str(PROGRAM)],
        env={**laptop.environment, **NO_TELEMETRY, "PYTHONPATH": FOLDER},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


@pytest.fixture(scope="module")
def load(laptop: Laptop) -> Callable[[str], dict[str, Any]]:
    """Read a file of JSON at an address in S3."""

    def read(uri: str) -> dict[str, Any]:
        bucket, key = uri.removeprefix("s3://").split("/", 1)
        found: dict[str, Any] = json.loads(laptop.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
        return found

    return read


def test_the_first_run_registers_its_baselines_with_its_version(laptop: Laptop, ran: dict[str, Any]) -> None:
    first = ran["first"]
    assert set(first["statuses"].values()) == {"Succeeded"}, first
    sagemaker = laptop.client("sagemaker")
    version = sagemaker.describe_model_package(
        ModelPackageName=f"arn:aws:sagemaker:us-east-1:{'0' * 12}:model-package/checked/1"
    )
    baselines = version["DriftCheckBaselines"]
    for name, member in zip(CHECKS, ("ModelDataQuality", "ModelQuality"), strict=True):
        check = first["checks"][name]
        assert baselines[member]["Statistics"]["S3Uri"] == check["CalculatedBaselineStatistics"]
        assert baselines[member]["Constraints"]["S3Uri"] == check["BaselineUsedForDriftCheckConstraints"]


def test_the_next_run_is_held_against_that_version(ran: dict[str, Any]) -> None:
    assert set(ran["same"]["statuses"].values()) == {"Succeeded"}, ran["same"]
    for name in CHECKS:
        check = ran["same"]["checks"][name]
        assert (
            check["BaselineUsedForDriftCheckStatistics"]
            == (ran["first"]["checks"][name]["CalculatedBaselineStatistics"])
        )
        assert check["CalculatedBaselineStatistics"] != check["BaselineUsedForDriftCheckStatistics"]
        assert "ViolationReport" not in check


def test_data_that_moved_fails_the_check_with_its_report(
    ran: dict[str, Any], load: Callable[[str], dict[str, Any]]
) -> None:
    moved = ran["moved"]
    assert moved["statuses"]["CheckData"] == "Failed"
    assert "Register-RegisterModel" not in moved["statuses"]
    report = moved["checks"]["CheckData"]["ViolationReport"]
    assert moved["reasons"]["CheckData"] == f"ClientError: Quality check failed. See violation report: {report}"
    (violation,) = load(report)["violations"]
    assert (violation["feature_name"], violation["constraint_check_type"]) == ("weight", "baseline_drift_check")


def test_the_job_of_a_check_says_what_it_found(laptop: Laptop, ran: dict[str, Any]) -> None:
    name = ran["moved"]["checks"]["CheckData"]["CheckJobArn"].rsplit("/", 1)[1]
    job = laptop.client("sagemaker").describe_processing_job(ProcessingJobName=name)
    assert job["ExitMessage"] == "CompletedWithViolations: Job completed successfully with 1 violations."


def test_the_sdk_s_monitor_suggests_the_same_as_the_pipeline(
    ran: dict[str, Any], load: Callable[[str], dict[str, Any]]
) -> None:
    check = ran["same"]["checks"]["CheckModel"]
    assert ran["suggested"] == [load(check[f"CalculatedBaseline{kind}"]) for kind in ("Statistics", "Constraints")]
