"""A run's data set, read from what PrepareData and EvaluateModel left, and why there is none where there is none."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from console.errors import CommandError
from console.page.dataset.reader import (
    Absent,
    Dataset,
    Place,
    fetch_dataset,
    fetch_image,
    fetch_newest,
    parse_leaks,
    parse_list,
)
from tests.unit.console.page.aws import Aws

ROOT = "arn:aws:sagemaker:us-east-1:000000000000"
MANIFEST = {
    "source": "s3://bucket/raw/1/drawn.tar.gz",
    "dataset_version": "b818",
    "archive": {"name": "drawn.tar.gz", "bytes": 2048, "sha256": "5" * 64},
    "seed": 1,
    "validation_share": 0.1,
    "augmented_copies": 0,
    "curated": {"train": 1, "validation": 0, "test": 0},
    "duplicates_left_out": {"equal_to_test": 2, "within_training": 0},
}
LEAKAGE = {
    "test_train": {
        "exact": 1,
        "near": 2,
        "pairs": [{"train": "bicycle/0.png", "test": "bicycle/9.png", "kind": "near"}],
    }
}
FILES: dict[str, Any] = {
    "runs/1/lst/manifest.json": MANIFEST,
    "runs/1/lst/train.lst": "0\t1\tmotorcycle/0.png\n1\t0\tbicycle/0.png\n2\t0\tbicycle/1.png\n",
    "runs/1/lst/validation.lst": "0\t0\tbicycle/5.png\n",
    "runs/1/lst/test.lst": "0\t1\tmotorcycle/7.png\n",
    "runs/1/test/motorcycle/7.png": b"image",
    "runs/1/test/secret.png": b"not listed",
    "runs/1/evaluation/evaluation.json": {"leakage": LEAKAGE},
}


class Site:
    """One run whose steps and files a test can change."""

    def __init__(self, aws: Aws) -> None:
        self.source, self.files, self.runs = aws.source, dict(FILES), ["e1"]
        self.steps: dict[str, dict[str, Any]] = {
            "PrepareData": {
                "StepStatus": "Succeeded",
                "Metadata": {"ProcessingJob": {"Arn": f"{ROOT}:processing-job/p"}},
            },
            "EvaluateModel": {
                "StepStatus": "Succeeded",
                "Metadata": {"ProcessingJob": {"Arn": f"{ROOT}:processing-job/e"}},
            },
            "RegisterModel": {
                "StepStatus": "Succeeded",
                "Metadata": {"RegisterModel": {"Arn": f"{ROOT}:model-package/scones-vehicles/4"}},
            },
        }
        aws.answers |= {
            "ListPipelineExecutions": lambda _: {
                "PipelineExecutionSummaries": [
                    {"PipelineExecutionArn": f"{ROOT}:pipeline/scones-training/execution/{run}"} for run in self.runs
                ]
            },
            "ListPipelineExecutionSteps": lambda _: {
                "PipelineExecutionSteps": [{"StepName": name, **step} for name, step in self.steps.items()]
            },
            "DescribePipelineExecution": self._describe,
            "DescribeProcessingJob": lambda asked: self._describe_job(asked["ProcessingJobName"]),
            "GetObject": self._get,
        }

    def _describe(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["PipelineExecutionArn"].rsplit("/", 1)[1] not in self.runs:
            raise ClientError({"Error": {"Code": "ResourceNotFound", "Message": "none"}}, "DescribePipelineExecution")
        return {"PipelineExecutionArn": asked["PipelineExecutionArn"]}

    def _describe_job(self, name: str) -> dict[str, Any]:
        outputs = ["evaluation"] if name == "e" else ["train", "validation", "test", "lst"]
        return {
            "ProcessingJobName": name,
            "ProcessingJobArn": f"{ROOT}:processing-job/{name}",
            "ProcessingJobStatus": "Completed",
            "ProcessingResources": {
                "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30}
            },
            "AppSpecification": {"ImageUri": "image:1"},
            "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
            "ProcessingOutputConfig": {
                "Outputs": [
                    {
                        "OutputName": output,
                        "S3Output": {"S3Uri": f"s3://bucket/runs/1/{output}", "S3UploadMode": "EndOfJob"},
                    }
                    for output in outputs
                ]
            },
        }

    def _get(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["Key"] not in self.files:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "none"}}, "GetObject")
        found = self.files[asked["Key"]]
        content = (
            found if isinstance(found, bytes) else (found if isinstance(found, str) else json.dumps(found)).encode()
        )
        return {"ContentLength": len(content), "Body": io.BytesIO(content)}

    def image(self, split: str, path: str, run: str = "e1") -> tuple[bytes, str]:
        request: Any = SimpleNamespace(path_params={"identifier": run, "split": split, "path": path})
        return fetch_image(self.source, request)


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    return Site(Aws(monkeypatch))


def words(found: Dataset | Absent) -> str:
    assert isinstance(found, Absent)
    return found.words


def test_a_data_set_has_its_counts_its_origin_its_version_and_what_is_there_twice(site: Site) -> None:
    found = fetch_dataset(site.source, "e1")
    assert isinstance(found, Dataset)
    assert [found.count("train", label) for label in ("bicycle", "motorcycle")] == [2, 1]
    assert found.count("validation", "motorcycle") == 0
    assert dict(found.facts)["SHA-256 of the archive"] == "5" * 64
    assert found.left_out == (("equal to test", 2), ("within training", 0))
    assert (found.dataset_version, found.version, found.curated["train"]) == ("b818", 4, 1)
    (leak,) = found.leaks or ()
    assert (leak.first, leak.second, leak.equal, leak.near) == ("train", "test", 1, 2)
    assert leak.pairs == (("near", Place("train", "bicycle/0.png"), Place("test", "bicycle/9.png")),)


def test_the_newest_run_that_has_prepared_its_images_is_shown(site: Site) -> None:
    site.runs = ["e2", "e1"]
    found = fetch_newest(site.source)
    assert isinstance(found, Dataset)
    assert found.run == "e2"
    site.steps = {}
    assert words(fetch_newest(site.source)) == "None of the newest 2 runs has prepared its images."
    site.runs = []
    assert words(fetch_newest(site.source)).startswith("No run has prepared images yet")


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            {"StepStatus": "Failed", "FailureReason": "ClientError: no archive"},
            "PrepareData failed: ClientError: no archive",
        ),
        ({"StepStatus": "Failed"}, "PrepareData failed: it says no reason."),
        ({"StepStatus": "Executing"}, "PrepareData is executing; the data set is there when it has succeeded."),
        (None, "The run has not come to PrepareData, which prepares its images."),
    ],
)
def test_why_a_run_has_no_data_set_is_said(site: Site, step: dict[str, Any] | None, said: str) -> None:
    site.steps = {"PrepareData": step} if step else {}
    found = fetch_dataset(site.source, "e1")
    assert words(found) == said
    assert isinstance(found, Absent)
    assert found.run == "e1"


def test_what_is_no_run_or_has_lost_its_files_is_said(site: Site) -> None:
    assert words(fetch_dataset(site.source, "nope")).startswith("nope is no run of this project")
    for split in ("train", "validation", "test"):
        del site.files[f"runs/1/lst/{split}.lst"]
    assert (
        words(fetch_dataset(site.source, "e1")) == "The run's lists of images are no longer at s3://bucket/runs/1/lst."
    )
    site.files["runs/1/lst/manifest.json"] = "[1]"
    assert words(fetch_dataset(site.source, "e1")) == "The run's manifest.json is no longer at s3://bucket/runs/1/lst."


def test_leaks_are_unknown_until_an_evaluation_has_looked(site: Site) -> None:
    site.steps["EvaluateModel"]["StepStatus"] = "Executing"
    found = fetch_dataset(site.source, "e1")
    assert isinstance(found, Dataset)
    assert found.leaks is None


def test_an_image_of_the_lists_is_fetched_and_nothing_else(site: Site) -> None:
    assert site.image("test", "motorcycle/7.png") == (b"image", "image/png")
    for split, path in (
        ("test", "secret.png"),
        ("lst", "manifest.json"),
        ("train", "motorcycle/7.png"),
        ("test", "../x.png"),
    ):
        with pytest.raises(CommandError, match="has no image"):
            site.image(split, path)
    with pytest.raises(CommandError, match="has no image"):
        site.image("test", "motorcycle/7.png", run="nope")


def test_lines_and_sections_of_another_form_are_left_out() -> None:
    assert parse_list("0\t0\tbicycle/0.png\nno line\n1\t7\tcar/0.png\n2\tx\ty.png\n") == {"bicycle": ("bicycle/0.png",)}
    assert parse_leaks([1]) == ()
    (leak,) = parse_leaks({"test_train": {"exact": 1, "near": 0, "pairs": [{"kind": "exact"}]}, "odd": 3})
    assert leak.pairs == ()
