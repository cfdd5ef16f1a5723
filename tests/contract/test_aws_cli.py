"""The AWS CLI 1 in its own environment: its waiters end as on AWS, and its pages hold every item once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from localaws.records.jobs import KINDS
from tests.contract.site import STATUSES, Site
from tests.environments import AWSCLI, needs_awscli

pytestmark = needs_awscli

Said = tuple[int, str, str]
PROGRAM = Path(__file__).with_name("aws_cli.py")
LISTS = {
    "sagemaker list-models": ("Models", "ModelName"),
    "sagemaker list-endpoint-configs": ("EndpointConfigs", "EndpointConfigName"),
    "sagemaker list-training-jobs": ("TrainingJobSummaries", "TrainingJobName"),
    "sagemaker list-processing-jobs": ("ProcessingJobSummaries", "ProcessingJobName"),
    "sagemaker list-transform-jobs": ("TransformJobSummaries", "TransformJobName"),
    "sagemaker list-pipelines": ("PipelineSummaries", "PipelineName"),
    "sagemaker list-model-package-groups": ("ModelPackageGroupSummaryList", "ModelPackageGroupName"),
    "sagemaker list-pipeline-executions --pipeline-name one": ("PipelineExecutionSummaries", "PipelineExecutionArn"),
}
JOBS = {
    f"sagemaker wait {kind.noun}-completed-or-stopped --{kind.noun}-name {kind.stem}-{status}": status
    for kind in KINDS
    for status in (*STATUSES, "Absent")
}
ENDPOINT = {name: f"sagemaker wait endpoint-{name} --endpoint-name none" for name in ("deleted", "in-service")}
# Of a resource that is not emulated.
ABSENT = [
    f"sagemaker wait notebook-instance-{end} --notebook-instance-name a" for end in ("in-service", "stopped", "deleted")
]
FILTERED = "sagemaker list-training-jobs --status-equals Failed --page-size 1 --name-contains train"
TOKENS = {
    f"{command} --no-paginate --next-token none": error
    for command, error in {
        "sagemaker list-models": "ValidationException",
        "codebuild list-projects": "InvalidInputException",
        "codecommit list-repositories": "InvalidContinuationTokenException",
        "application-autoscaling describe-scalable-targets --service-namespace sagemaker": "InvalidNextTokenException",
    }.items()
}
PAGES = {command: (f"{command} --no-paginate", f"{command} --page-size 1") for command in LISTS}


@pytest.fixture(scope="module")
def said(site: Site) -> dict[str, Said]:
    """What each command of this module said, in one process."""
    commands = [
        *JOBS,
        *ENDPOINT.values(),
        *ABSENT,
        FILTERED,
        *TOKENS,
        *(one for both in PAGES.values() for one in both),
    ]
    said = site.run(AWSCLI, PROGRAM, given=[command.split() for command in commands])
    return dict(zip(commands, map(tuple, said), strict=True))


@pytest.mark.parametrize("command", JOBS)
def test_a_wait_for_a_job_ends_with_it_and_fails_with_it(said: dict[str, Said], command: str) -> None:
    code, _, failed = said[command]
    assert (code == 0) == (JOBS[command] in ("Completed", "Stopped")), failed
    assert ("terminal failure state" in failed) == (code != 0)


def test_a_wait_for_an_endpoint_that_is_not_there_ends(said: dict[str, Said]) -> None:
    assert said[ENDPOINT["deleted"]][0] == 0
    code, _, failed = said[ENDPOINT["in-service"]]
    assert code != 0
    assert "Matched expected service error code: ValidationException" in failed


@pytest.mark.parametrize("command", ABSENT)
def test_a_wait_for_what_is_not_emulated_fails_at_once_in_words(said: dict[str, Said], command: str) -> None:
    code, _, failed = said[command]
    assert code != 0
    assert "does not emulate" in failed


@pytest.mark.parametrize("command", LISTS)
def test_pages_of_one_hold_every_item_once(said: dict[str, Said], command: str) -> None:
    member, key = LISTS[command]
    whole, paged = (said[one] for one in PAGES[command])
    assert (whole[0], paged[0]) == (0, 0), (whole, paged)
    expected = [item[key] for item in json.loads(whole[1])[member]]
    assert len(expected) >= 2
    assert [item[key] for item in json.loads(paged[1])[member]] == expected


def test_a_filter_holds_on_every_page(said: dict[str, Said]) -> None:
    summaries = json.loads(said[FILTERED][1])["TrainingJobSummaries"]
    assert [item["TrainingJobStatus"] for item in summaries] == ["Failed"]


@pytest.mark.parametrize("command", TOKENS)
def test_a_token_that_no_page_gave_is_refused(said: dict[str, Said], command: str) -> None:
    code, _, failed = said[command]
    assert code != 0
    assert TOKENS[command] in failed
