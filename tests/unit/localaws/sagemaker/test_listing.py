"""Lists: every item once over all pages, in both orders, filtered, and with tokens that must be ours."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from localaws.records import models
from localaws.sagemaker import pipelines

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import Api, Build, Runs, Script

NAMES = [f"model-{number:02}" for number in range(13)]


@pytest.fixture
def shelf(aws: Aws) -> Aws:
    """Thirteen models, of which each three have the same time of creation."""
    for number, name in enumerate(NAMES):
        arn = aws.arn("model", name)
        aws.store.put(models.MODEL, name, {"ModelName": name, "ModelArn": arn, "CreationTime": 1000 + number // 3})
    return aws


@pytest.fixture
def jobs(aws: Aws) -> Aws:
    """Five training jobs with statuses in turn."""
    for number, status in enumerate(["Completed", "Failed", "Completed", "Stopped", "InProgress"]):
        name = f"Job-{number}"
        times = {"CreationTime": 1000.5 + number, "LastModifiedTime": 2000.5 + number}
        document = {"TrainingJobName": name, "TrainingJobStatus": status, **times}
        aws.store.put("training-job", name.lower(), document | {"TrainingJobArn": aws.arn("training-job", name)})
    return aws


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("size", [1, 4, 13, 100])
@pytest.mark.parametrize("by", ["Name", "CreationTime"])
@pytest.mark.parametrize("order", ["Ascending", "Descending"])
def test_pages_hold_every_item_once_in_order(api: Api, size: int, by: str, order: str) -> None:
    pages = api.pages("ListModels", "Models", MaxResults=size, SortBy=by, SortOrder=order)
    names = [item["ModelName"] for page in pages for item in page]
    assert names == sorted(NAMES, reverse=order == "Descending")
    assert all(len(page) == size for page in pages[:-1])
    assert 0 < len(pages[-1]) <= size


@pytest.mark.usefixtures("shelf")
def test_newest_come_first_where_nothing_is_said(api: Api) -> None:
    assert [item["ModelName"] for item in api("ListModels")["Models"]] == NAMES[::-1]


def test_an_item_that_is_made_between_two_pages_neither_doubles_nor_hides_another(api: Api, shelf: Aws) -> None:
    request = {"MaxResults": 5, "SortBy": "Name", "SortOrder": "Ascending"}
    first = api("ListModels", **request)
    early = {"ModelName": "a-first", "ModelArn": shelf.arn("model", "a-first"), "CreationTime": 1}
    shelf.store.put(models.MODEL, "a-first", early)
    second = api("ListModels", **request, NextToken=first["NextToken"])
    assert [item["ModelName"] for item in second["Models"]] == NAMES[5:10]


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    "token", ["", "nonsense", "ä", base64.b64encode(b"[1]").decode(), base64.b64encode(b"7").decode()]
)
def test_a_token_that_is_not_ours_is_refused(api: Api, token: str) -> None:
    code, sentence = api.refused("ListModels", NextToken=token)
    assert code == "ValidationException"
    assert "NextToken" in sentence or "nextToken" in sentence


@pytest.mark.usefixtures("shelf")
def test_a_token_of_another_order_is_refused(api: Api) -> None:
    token = api("ListModels", MaxResults=2, SortBy="Name")["NextToken"]
    assert "with the same SortBy" in api.refused("ListModels", MaxResults=2, NextToken=token)[1]


@pytest.mark.usefixtures("shelf")
def test_names_are_filtered_without_regard_to_case(api: Api) -> None:
    found = api("ListModels", NameContains="MODEL-1", SortBy="Name", SortOrder="Ascending")["Models"]
    assert [item["ModelName"] for item in found] == ["model-10", "model-11", "model-12"]
    assert api("ListModels", NameContains="arn")["Models"] == []


@pytest.mark.usefixtures("shelf")
def test_times_bound_a_list_on_both_sides(api: Api) -> None:
    found = api("ListModels", CreationTimeAfter=1001, CreationTimeBefore=1002)["Models"]
    assert sorted(item["ModelName"] for item in found) == NAMES[3:9]


@pytest.mark.usefixtures("jobs")
@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({"StatusEquals": "Completed"}, [2, 0]),
        ({"StatusEquals": "Completed", "CreationTimeAfter": 1001}, [2]),
        ({"LastModifiedTimeAfter": 2003}, [4, 3]),
        ({"LastModifiedTimeBefore": 2001}, [0]),
        ({"NameContains": "job-3"}, [3]),
        ({"SortBy": "Status", "SortOrder": "Ascending"}, [0, 2, 1, 4, 3]),
        ({"SortBy": "Name", "SortOrder": "Ascending"}, [0, 1, 2, 3, 4]),
    ],
)
def test_training_jobs_are_filtered_and_sorted(api: Api, filters: dict[str, object], numbers: list[int]) -> None:
    found = api("ListTrainingJobs", **filters)["TrainingJobSummaries"]
    assert [item["TrainingJobName"] for item in found] == [f"Job-{number}" for number in numbers]


@pytest.mark.usefixtures("jobs")
def test_training_jobs_come_in_pages(api: Api) -> None:
    pages = api.pages("ListTrainingJobs", "TrainingJobSummaries", MaxResults=2)
    assert [item["TrainingJobName"] for page in pages for item in page] == [f"Job-{n}" for n in (4, 3, 2, 1, 0)]


def test_pipelines_are_listed_by_prefix_and_in_pages(api: Api, aws: Aws) -> None:
    for name in ("a-1", "a-2", "a-3", "b-1"):
        document = {"PipelineName": name, "PipelineArn": aws.arn("pipeline", name), "CreationTime": 1}
        aws.store.put(pipelines.KIND, name, document)
    pages = api.pages("ListPipelines", "PipelineSummaries", PipelineNamePrefix="a", MaxResults=2, SortBy="Name")
    assert [[item["PipelineName"] for item in page] for page in pages] == [["a-3", "a-2"], ["a-1"]]


def test_executions_and_steps_come_in_pages(api: Api, runs: Runs, script: Script, build: Build) -> None:
    names = [f"S{number}" for number in range(7)]
    runs.create(build.text(*(build.step(name) for name in names)))
    arns = [runs.ended(runs.start()) for _ in range(5)]
    assert len(script.began) == 35
    pages = api.pages("ListPipelineExecutions", "PipelineExecutionSummaries", PipelineName="line", MaxResults=2)
    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(item["PipelineExecutionArn"] for page in pages for item in page) == sorted(arns)
    for order in ("Ascending", "Descending"):
        request = {"PipelineExecutionArn": arns[0], "MaxResults": 3, "SortOrder": order}
        steps = [
            item
            for page in api.pages("ListPipelineExecutionSteps", "PipelineExecutionSteps", **request)
            for item in page
        ]
        assert sorted(item["StepName"] for item in steps) == names
        times = [item["StartTime"] for item in steps]
        assert times == sorted(times, reverse=order == "Descending")
