"""CodeBuild's API: projects, builds of a real repository from their start to their end, and what is refused."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from localaws.aws import Aws

Document = dict[str, Any]
SPEC = '{version: 0.2, phases: {build: {commands: ["echo built $CODEBUILD_RESOLVED_SOURCE_VERSION as $NAME"]}}}'
PROJECTS = "arn:aws:codebuild:us-east-1:000000000000:project"
BUILD = {"projectName": "bakery-build"}
SECRET = {"name": "A", "value": "/a", "type": "PARAMETER_STORE"}
FAILING = '{"version": 0.2, "phases": {"pre_build": {"commands": ["false"]}}}'


def test_a_build_runs_the_buildspec_of_its_commit_and_its_log_is_in_cloudwatch(builds: Any) -> None:
    first = builds.commit(buildspec__yml=SPEC)
    builds.commit(buildspec__yml=FAILING)
    builds.project(environment={
        "type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL",
        "environmentVariables": [{"name": "NAME", "value": "project"}],
    })  # fmt: skip

    started = builds.start(sourceVersion=first)
    assert started["buildStatus"] == "IN_PROGRESS"
    ended = builds.ended(started)

    assert (ended["buildStatus"], ended["currentPhase"]) == ("SUCCEEDED", "COMPLETED")
    assert (ended["sourceVersion"], ended["resolvedSourceVersion"]) == (first, first)
    assert [phase["phaseType"] for phase in ended["phases"]] == [
        *("SUBMITTED", "QUEUED", "PROVISIONING", "DOWNLOAD_SOURCE"),
        *("BUILD", "UPLOAD_ARTIFACTS", "FINALIZING", "COMPLETED"),
    ]
    assert {phase["phaseStatus"] for phase in ended["phases"][:-1]} == {"SUCCEEDED"}
    assert f"\nbuilt {first} as project\n" in builds.log(ended)


def test_a_build_without_a_version_is_of_the_projects_branch(builds: Any) -> None:
    builds.commit(buildspec__yml=FAILING)
    newest = builds.commit(buildspec__yml=SPEC)
    builds.project()
    overridden = [{"name": "NAME", "value": "request", "type": "PLAINTEXT"}]
    ended = builds.ended(builds.start(environmentVariablesOverride=overridden))
    assert ended["resolvedSourceVersion"] == newest
    assert f"built {newest} as request" in builds.log(ended)


def test_a_failure_is_the_context_of_its_phase_in_codebuilds_words(builds: Any) -> None:
    builds.commit(buildspec__yml=FAILING)
    builds.project()
    ended = builds.ended(builds.start())
    assert ended["buildStatus"] == "FAILED"
    message = "Error while executing command: false. Reason: exit status 1"
    assert builds.failure(ended) == ("PRE_BUILD", "COMMAND_EXECUTION_ERROR", message)
    assert f"Phase context status code: COMMAND_EXECUTION_ERROR Message: {message}" in builds.log(ended)


@pytest.mark.parametrize(
    ("request_", "code", "said"),
    [
        ({"sourceVersion": "other"}, "CLIENT_ERROR", "reference not found for primary source and source version other"),
        ({"buildspecOverride": "absent.yml"}, "YAML_FILE_ERROR", "the commit has no absent.yml"),
        ({"buildspecOverride": "../../../etc/hostname"}, "YAML_FILE_ERROR", "the commit has no ../"),
        ({"buildspecOverride": "{version: 0.1}"}, "YAML_FILE_ERROR", "must be 0.2"),
    ],
)
def test_a_source_that_cannot_be_built_fails_its_download(
    builds: Any, request_: Document, code: str, said: str
) -> None:
    builds.commit(buildspec__yml=SPEC)
    builds.project()
    phase, found, message = builds.failure(builds.ended(builds.start(**request_)))
    assert (phase, found) == ("DOWNLOAD_SOURCE", code)
    assert said in message


def test_a_repository_of_the_outside_is_named_as_what_is_not_read(builds: Any) -> None:
    builds.project(source={"type": "GITHUB", "location": "https://github.com/bakery/scones.git"})
    assert "its own CODECOMMIT" in builds.failure(builds.ended(builds.start()))[2]


@pytest.mark.parametrize(("depth", "history"), [(1, "1"), (0, "3")])
def test_a_project_gets_as_much_history_as_it_wants(builds: Any, depth: int, history: str) -> None:
    spec = '{version: 0.2, phases: {build: {commands: ["echo commits=$(git rev-list --count HEAD)"]}}}'
    builds.commit(buildspec__yml=SPEC)
    middle = [builds.commit(buildspec__yml=spec) for _ in range(2)][-1]
    builds.commit(buildspec__yml=FAILING)
    builds.project()
    ended = builds.ended(builds.start(sourceVersion=middle, gitCloneDepthOverride=depth))
    assert f"\ncommits={history}\n" in builds.log(ended)


def test_a_stopped_build_ends_at_once_with_all_that_it_started(builds: Any, running: Callable[..., Document]) -> None:
    builds.commit(buildspec__yml=SPEC)
    builds.project()
    build, began = running(), time.monotonic()
    stopped = builds("StopBuild", id=build["id"])["build"]
    assert (stopped["buildStatus"], stopped["buildComplete"]) == ("STOPPED", True)
    assert time.monotonic() - began < 10
    assert builds("StopBuild", id=build["arn"])["build"]["endTime"] == stopped["endTime"]


def test_a_build_beyond_its_projects_limit_is_refused_and_not_queued(
    builds: Any, running: Callable[..., Document]
) -> None:
    builds.commit(buildspec__yml=SPEC)
    builds.project(concurrentBuildLimit=1)
    build = running()
    code, said = builds.refused("StartBuild", projectName="bakery-build")
    assert (code, said) == ("AccountLimitExceededException", "Cannot have more than 1 active builds for the project")
    builds("UpdateProject", name="bakery-build", concurrentBuildLimit=-1)
    other = builds.start(buildspecOverride=SPEC)
    assert other["buildNumber"] == build["buildNumber"] + 1
    builds("StopBuild", id=build["id"])
    assert builds.ended(other)["buildStatus"] == "SUCCEEDED"


def test_a_build_that_takes_longer_than_it_may_has_timed_out(builds: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    builds.commit(buildspec__yml='{version: 0.2, phases: {build: {commands: ["sleep 60"]}}}')
    builds.project(timeoutInMinutes=5)
    monkeypatch.setattr("localaws.builds.runner.MINUTE", 0.1)
    assert builds.ended(builds.start())["buildStatus"] == "TIMED_OUT"


def test_the_same_token_starts_no_second_build_and_another_request_with_it_is_refused(builds: Any) -> None:
    commit = builds.commit(buildspec__yml=SPEC)
    builds.project()
    first = builds.start(idempotencyToken="once")
    assert builds.start(idempotencyToken="once")["id"] == first["id"]
    refused = {"projectName": "bakery-build", "idempotencyToken": "once", "sourceVersion": commit}
    assert builds.refused("StartBuild", **refused)[0] == "InvalidInputException"
    builds.ended(first)


REFUSED: list[tuple[str, Document, str, str]] = [
    ("StartBuild", {"projectName": "other"}, "ResourceNotFoundException", f"Project cannot be found: {PROJECTS}/other"),
    ("StartBuild", {**BUILD, "imageOverride": "x"}, "UnsupportedOperation", "does not emulate imageOverride x"),
    ("StartBuild", {**BUILD, "environmentVariablesOverride": [SECRET]}, "UnsupportedOperation", "takes PLAINTEXT"),
    ("StopBuild", {"id": "bakery-build:1"}, "ResourceNotFoundException", "does not exist"),
    ("ListBuildsForProject", {"projectName": "other"}, "ResourceNotFoundException", "Project cannot be found"),
    ("UpdateProject", {"name": "other"}, "ResourceNotFoundException", "Project cannot be found"),
    ("UpdateProject", {"name": "bakery-build", "concurrentBuildLimit": 61}, "InvalidInputException", "limit of 60"),
    ("RetryBuild", {"id": "a:1"}, "UnsupportedOperation", "does not emulate RetryBuild"),
]


@pytest.mark.parametrize(("operation", "request_", "code", "said"), REFUSED)
def test_what_codebuild_refuses_is_refused_with_its_code(
    builds: Any, operation: str, request_: Document, code: str, said: str
) -> None:
    builds.project()
    found, sentence = builds.refused(operation, **request_)
    assert found == code
    assert said in sentence


def test_projects_are_made_once_described_listed_and_deleted(builds: Any) -> None:
    project = builds.project(tags=[{"key": "a", "value": "b"}])
    assert builds.refused("CreateProject", **project)[0] == "ResourceAlreadyExistsException"
    builds.project(name="a-second")
    assert builds("ListProjects")["projects"] == ["a-second", "bakery-build"]
    found = builds("BatchGetProjects", names=["bakery-build", project["arn"], "other"])
    assert found["projects"] == [project, project]
    assert found["projectsNotFound"] == ["other"]
    builds("DeleteProject", name=project["arn"])
    assert builds("ListProjects")["projects"] == ["a-second"]


def test_builds_are_listed_the_newest_first_and_deleted_when_they_have_ended(
    builds: Any, running: Callable[..., Document]
) -> None:
    builds.commit(buildspec__yml=SPEC)
    builds.project()
    ended, under_way = builds.ended(builds.start()), running()
    assert builds("ListBuildsForProject", projectName="bakery-build")["ids"] == [under_way["id"], ended["id"]]
    assert builds("ListBuilds", sortOrder="ASCENDING")["ids"] == [ended["id"], under_way["id"]]
    deleted = builds("BatchDeleteBuilds", ids=[ended["id"], under_way["id"]])
    assert deleted["buildsDeleted"] == [ended["arn"]]
    assert deleted["buildsNotDeleted"] == [{"id": under_way["id"], "statusCode": "BUILD_IN_PROGRESS"}]
    builds("StopBuild", id=under_way["id"])


def test_each_state_of_a_build_is_an_event(aws: Aws, builds: Any) -> None:
    builds.commit(buildspec__yml=SPEC)
    builds.project()
    ended = builds.ended(builds.start())
    told = [event for _, event in aws.store.outbox(100) if event["Source"] == "aws.codebuild"]
    details = [json.loads(event["Detail"]) for event in told]
    assert [event["DetailType"] for event in told] == ["CodeBuild Build State Change"] * 2
    assert [detail["build-status"] for detail in details] == ["IN_PROGRESS", "SUCCEEDED"]
    assert details[1]["build-id"] == ended["arn"]
    assert details[1]["additional-information"]["logs"]["stream-name"] == ended["logs"]["streamName"]
