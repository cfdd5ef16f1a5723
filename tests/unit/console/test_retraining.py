"""What is said before a batch is closed: how many images are new, by which profile a training goes, and how long."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from console import training_time
from console.retraining import count_new_images, describe_plan, fetch_retraining
from tests.unit.console.page.aws import Aws

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROOT = "arn:aws:sagemaker:us-east-1:000000000000"
REGISTER = {
    "Name": "Register",
    "Type": "RegisterModel",
    "Arguments": {"CustomerMetadataProperties": {"profile": "compact"}},
}


class Project:
    """A project's executions, newest first, and the images of its bucket: hours after noon, by key."""

    def __init__(self, aws: Aws) -> None:
        self.executions: list[tuple[str, float]] = []
        self.images: dict[str, float] = {}
        self.steps: list[dict[str, Any]] = [REGISTER]
        self.live: dict[str, str] | None = None
        aws.answers |= {
            "ListPipelineExecutions": self._list_executions,
            "ListObjectsV2": self._list_objects,
            "DescribePipeline": lambda _: {"PipelineDefinition": json.dumps({"Steps": self.steps})},
            "ListModelPackages": self._list_packages,
            "DescribeModelPackage": lambda _: {
                **self._package(),
                "ModelPackageStatusDetails": {"ValidationStatuses": []},
                "CustomerMetadataProperties": self.live,
            },
        }

    def _list_executions(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One a page."""
        first = int(asked.get("NextToken", 0))
        summaries = [
            {
                "PipelineExecutionArn": f"{ROOT}:pipeline/scones-training/execution/e{first}",
                "PipelineExecutionStatus": status,
                "StartTime": NOON + timedelta(hours=hours),
            }
            for status, hours in self.executions[first : first + 1]
        ]
        more = {"NextToken": str(first + 1)} if first + 1 < len(self.executions) else {}
        return {"PipelineExecutionSummaries": summaries, **more}

    def _list_objects(self, asked: dict[str, Any]) -> dict[str, Any]:
        contents = [
            {"Key": key, "LastModified": NOON + timedelta(hours=hours)}
            for key, hours in self.images.items()
            if key.startswith(asked["Prefix"])
        ]
        return {"Contents": contents}

    def _list_packages(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"ModelPackageSummaryList": [self._package()] if self.live is not None else []}

    def _package(self) -> dict[str, Any]:
        return {
            "ModelPackageName": "scones-vehicles",
            "ModelPackageGroupName": "scones-vehicles",
            "ModelPackageArn": f"{ROOT}:model-package/scones-vehicles/3",
            "ModelPackageVersion": 3,
            "ModelPackageStatus": "Completed",
            "CreationTime": NOON,
        }


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with mock.patch.dict(os.environ):
        for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
            os.environ.pop(name, None)
        monkeypatch.setattr(training_time, "estimate", lambda _, name: "8 min" if name == "compact" else None)
        yield Aws(monkeypatch)


def test_images_are_new_that_came_after_the_last_successful_training_began(aws: Aws) -> None:
    project = Project(aws)
    project.images = {
        "curated/bicycle/old.png": -3,
        "curated/bicycle/of-the-gate.png": -1,
        "curated/motorcycle/new.png": 2,
        "incoming/bicycle/labelled.png": 3,
        "incoming/_SUCCESS": 3,
        "curated/.keep": 3,
        "review/2026/waits.png": 3,
    }
    project.executions = [("Failed", 1), ("Stopped", 0), ("Succeeded", -2), ("Succeeded", -4)]
    assert count_new_images(aws.source) == 3, "what a failed training read is new still"
    assert aws.calls["ListPipelineExecutions"] == 3, "older executions are not asked for"


def test_before_the_first_training_every_image_is_new(aws: Aws) -> None:
    project = Project(aws)
    project.images = {"curated/bicycle/a.png": -3}
    assert fetch_retraining(aws.source).news == "One image is new since the last successful training began."


def test_where_nothing_is_new_it_says_what_to_do(aws: Aws) -> None:
    project = Project(aws)
    project.executions, project.images = [("Succeeded", 0)], {"curated/bicycle/a.png": -1}
    assert fetch_retraining(aws.source).news.endswith("label some, or send them.")


def test_a_plan_names_the_profile_that_will_train_that_of_the_live_version_and_the_time(aws: Aws) -> None:
    project = Project(aws)
    project.live = {"profile": "quick"}
    plan = describe_plan(aws.source)
    assert "updated the pipeline last: compact. The live version 3 was trained by quick" in plan
    assert plan.endswith(" Its training takes about 8 min here.")


def test_a_plan_of_a_search_names_no_time_of_one_training(aws: Aws) -> None:
    project = Project(aws)
    project.steps = [{"Name": "TuneModel", "Type": "Tuning", "Arguments": {}}, REGISTER]
    assert describe_plan(aws.source).endswith("compact. It searches for hyperparameters, by many trainings.")


def test_without_a_pipeline_there_is_no_plan(aws: Aws) -> None:
    def refuse(_: dict[str, Any]) -> dict[str, Any]:
        raise ClientError({"Error": {"Code": "ResourceNotFound", "Message": "no pipeline"}}, "DescribePipeline")

    Project(aws)
    aws.answers["DescribePipeline"] = refuse
    assert describe_plan(aws.source) == ""
