"""The AWS CLI 1 in its own environment: its waiters end as on AWS, and its pages hold every item once."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.loaders import Loader

from localaws import keys, process
from localaws.operations import SAGEMAKER
from localaws.records.jobs import KINDS
from localaws.settings import Settings
from localaws.store import Store
from tests.e2e.laptop import free_port
from tests.environments import AWSCLI, needs_awscli

pytestmark = needs_awscli

Document = dict[str, Any]
Said = tuple[int, str, str]
PROGRAM = Path(__file__).with_name("aws_cli.py")
ARN = "arn:aws:sagemaker:us-east-1:000000000000"
ROLE = "arn:aws:iam::000000000000:role/any"
STATUSES = ("Completed", "Stopped", "Failed")
NAMES = ("one", "two", "three")
STOPS = json.dumps(
    {"Version": "2020-12-01", "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "as planned"}}]}
)
PROJECT = {
    "source": {"type": "NO_SOURCE", "buildspec": "version: 0.2\nphases: {build: {commands: [env]}}"},
    "artifacts": {"type": "NO_ARTIFACTS"},
    "environment": {
        "type": "LINUX_CONTAINER",
        "image": "aws/codebuild/amazonlinux2-x86_64-standard:5.0",
        "computeType": "BUILD_GENERAL1_SMALL",
    },
    "serviceRole": ROLE,
}
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
WAITERS = Loader().load_service_model("sagemaker", "waiters-2")["waiters"]


class Site:
    """A local AWS with things to list, and the command line beside it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def _variables(self) -> dict[str, str]:
        return {
            **keys.ensure(self._settings).environment,
            "AWS_ENDPOINT_URL": self._settings.endpoint,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_MAX_ATTEMPTS": "1",
            "HOME": str(self._settings.home),
        }

    def client(self, service: str) -> Any:
        key = keys.ensure(self._settings)
        return boto3.client(
            service,
            region_name="us-east-1",
            endpoint_url=self._settings.endpoint,
            aws_access_key_id=key.key,
            aws_secret_access_key=key.secret,
        )

    def aws(self, *commands: str) -> list[Said]:
        """Run commands of `aws`; of each the exit code, its output and its errors."""
        done = subprocess.run(
            [str(AWSCLI / "bin/python"), str(PROGRAM)],
            input=json.dumps([command.split() for command in commands]),
            env=self._variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [tuple(said) for said in json.loads(done.stdout)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    settings = Settings(free_port(), tmp_path_factory.mktemp("awscli"))
    _store(settings)
    process.start(settings)
    try:
        yield _filled(Site(settings))
    finally:
        process.stop(settings)


def _filled(made: Site) -> Site:
    """With what is made by calls."""
    sagemaker, codebuild = made.client("sagemaker"), made.client("codebuild")
    for name in NAMES:
        sagemaker.create_pipeline(
            PipelineName=name, PipelineDefinition=STOPS, RoleArn=ROLE, ClientRequestToken="t" * 32
        )
        sagemaker.create_model_package_group(ModelPackageGroupName=name)
        sagemaker.start_pipeline_execution(PipelineName=name)
        codebuild.create_project(name=name, **PROJECT)
    sagemaker.start_pipeline_execution(PipelineName="one")
    return made


def _store(settings: Settings) -> None:
    """Ended jobs, models and configurations, as an earlier process left them."""
    settings.home.mkdir(exist_ok=True)
    store = Store(settings.database)
    for number, status in enumerate(STATUSES):
        for kind in KINDS:
            name = f"{kind.stem}-{status}"
            times = {"CreationTime": 1000.0 + number, "LastModifiedTime": 1000.0 + number}
            document = {kind.name: name, kind.arn: f"{ARN}:{kind.noun}/{name.lower()}", kind.status: status, **times}
            store.put(kind.noun, name.lower(), document)
    for name in NAMES:
        for noun, stem in (("model", "Model"), ("endpoint-config", "EndpointConfig")):
            document = {f"{stem}Name": name, f"{stem}Arn": f"{ARN}:{noun}/{name}", "CreationTime": 1000.0}
            store.put(noun, name, document)
    store.close()


JOBS = {
    f"sagemaker wait {kind.noun}-completed-or-stopped --{kind.noun}-name {kind.stem}-{status}": status
    for kind in KINDS
    for status in (*STATUSES, "Absent")
}
ENDPOINT = {name: f"sagemaker wait endpoint-{name} --endpoint-name none" for name in ("deleted", "in-service")}
# Of a resource that is not emulated, where it is none yet.
ABSENT = [
    words
    for words, name in {
        "sagemaker wait image-created --image-name a": "ImageCreated",
        "sagemaker wait image-deleted --image-name a": "ImageDeleted",
        "sagemaker wait image-version-created --image-name a": "ImageVersionCreated",
        "sagemaker wait notebook-instance-in-service --notebook-instance-name a": "NotebookInstanceInService",
    }.items()
    if WAITERS[name]["operation"] not in SAGEMAKER.operations
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
    return dict(zip(commands, site.aws(*commands), strict=True))


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
