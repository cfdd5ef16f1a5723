"""Every list goes in pages: a token leads on, and one that no page gave is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localaws import listing, services
from localaws.aws import Aws
from localaws.builds import projects
from localaws.coverage import find_sides
from localaws.errors import AwsError
from localaws.operations import Operation
from localaws.push import paging
from localaws.rest import answer
from localaws.tuning import records
from tests.unit.localaws.conftest import Build, Runs

Document = dict[str, Any]
SERVICES = {service.name: service for service in services.BY_TARGET.values()}
TOKENS = ("NextToken", "nextToken")
PAGED: dict[str, tuple[Operation, str]] = {
    f"{service.name}:{name}": (operation, token)
    for service in SERVICES.values()
    for name, operation in sorted(service.operations.items())
    for token in TOKENS
    if operation.shape is not None and token in operation.shape.members
}
REFUSED = (
    "ValidationException",
    "InvalidInputException",
    "InvalidContinuationTokenException",
    "InvalidNextTokenException",
)
ARN = "arn:aws:sagemaker:us-east-1:000000000000"
# What a list must name to be one at all.
REQUIRED: dict[str, Document] = {
    "sagemaker:ListTags": {"ResourceArn": f"{ARN}:model/m"},
    "sagemaker:Search": {"Resource": "TrainingJob"},
    "application-autoscaling:DescribeScalableTargets": {"ServiceNamespace": "sagemaker"},
    "application-autoscaling:DescribeScalingPolicies": {"ServiceNamespace": "sagemaker"},
    "application-autoscaling:DescribeScheduledActions": {"ServiceNamespace": "sagemaker"},
    "application-autoscaling:DescribeScalingActivities": {"ServiceNamespace": "sagemaker"},
    "sagemaker:ListPipelineExecutions": {"PipelineName": "line"},
    "sagemaker:ListPipelineVersions": {"PipelineName": "line"},
    "sagemaker:ListTrainingJobsForHyperParameterTuningJob": {"HyperParameterTuningJobName": "tuning"},
    "codebuild:ListBuildsForProject": {"projectName": "project"},
}
OF_AN_EXECUTION = ("sagemaker:ListPipelineExecutionSteps", "sagemaker:ListPipelineParametersForExecution")


@pytest.mark.parametrize("name", PAGED)
def test_no_token_and_no_size_of_a_page_is_dropped(name: str) -> None:
    operation, token = PAGED[name]
    sides = find_sides(operation)
    sizes = {token, token.replace("NextToken", "MaxResults").replace("nextToken", "maxResults")}
    assert not sizes & {*sides["kept"], *sides["only"]}


@pytest.fixture
def lists(aws: Aws, runs: Runs, build: Build) -> dict[str, Document]:
    """What each list must name, of things that are there."""
    fails = build.text({"Name": "End", "Type": "Fail", "Arguments": {"ErrorMessage": "as planned"}})
    execution = runs.run(fails)
    arn = aws.arn(records.KIND, "tuning")
    tuning = {
        "HyperParameterTuningJobName": "tuning",
        "HyperParameterTuningJobArn": arn,
        "HyperParameterTuningJobStatus": "Completed",
    }
    aws.store.put(records.KIND, "tuning", tuning)
    project = {"name": "project", "arn": projects.project_arn(aws.settings, "project")}
    aws.store.put(projects.KIND, "project", project)
    return REQUIRED | {name: {"PipelineExecutionArn": execution} for name in OF_AN_EXECUTION}


@pytest.mark.parametrize("name", [name for name in PAGED if not name.startswith("codecommit:")])
def test_a_token_that_no_page_gave_is_refused(aws: Aws, lists: dict[str, Document], name: str) -> None:
    operation, member = PAGED[name]
    for token in ("nonsense", "AAAA", "WzFd", "e30=", "bnVsbA=="):
        request = {**lists.get(name, {}), member: token}
        status, body = answer(operation.service, aws, operation.name, json.dumps(request).encode())
        assert (status, json.loads(body)["__type"] in REFUSED) == (400, True), (token, body)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"nextToken": "nonsense"}, "InvalidContinuationTokenException"),
        ({"nextToken": "WzFd"}, "InvalidContinuationTokenException"),
        ({"maxResults": 0}, "InvalidMaxResultsException"),
        ({"maxResults": 101}, "InvalidMaxResultsException"),
    ],
)
def test_codecommit_refuses_them_by_its_own_names(request_: Document, code: str) -> None:
    with pytest.raises(AwsError) as refused:
        paging.page(["a", "b"], request_)
    assert refused.value.code == code
    assert paging.page(["a", "b"], {"maxResults": 1})[0] == ["a"]


def test_pages_follow_each_other_and_the_last_one_has_no_token() -> None:
    refused = AwsError("InvalidNextTokenException", "no")
    items = [f"item-{number}" for number in range(7)]
    found, token, pages = [], None, 0
    while pages == 0 or token:
        chosen, token = listing.page_in_order(items, token, 3, lambda: refused)
        found += chosen
        pages += 1
    assert (found, pages) == (items, 3)
    assert listing.page_in_order(items, None, 7, lambda: refused) == (items, None)
    assert listing.page_in_order([], None, 7, lambda: refused) == ([], None)


def test_what_was_added_meanwhile_moves_no_page() -> None:
    refused = AwsError("InvalidNextTokenException", "no")
    _, token = listing.page_in_order(["b", "d"], None, 1, lambda: refused)
    assert listing.page_in_order(["a", "b", "c", "d"], token, 2, lambda: refused) == (["c", "d"], None)
