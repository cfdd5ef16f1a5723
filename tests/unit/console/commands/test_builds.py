"""What a push on AWS has come to: the build's log as it grows, and how it ended."""

from __future__ import annotations

import json
import os
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError

from console import builds
from console.commands.builds import list_builds
from console.errors import CommandError
from tests.unit.console.page.aws import Aws

COMMIT = "c" * 40
BEGUN = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
PLACE = {"groupName": "/aws/codebuild/scones-build", "streamName": "1"}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    monkeypatch.setattr(builds, "_POLL_SECONDS", 0)
    monkeypatch.setattr(builds, "_START_SECONDS", 0)
    with mock.patch.dict(os.environ):
        os.environ.pop("AWS_ENDPOINT_URL", None)
        made = Aws(monkeypatch)
        monkeypatch.setattr("console.commands.builds.choose", lambda _: made.source)
        yield made


def _build(status: str = "SUCCEEDED", commit: str = COMMIT, **more: Any) -> dict[str, Any]:
    known = {
        "id": "scones-build:1",
        "buildNumber": 1,
        "resolvedSourceVersion": commit,
        "startTime": BEGUN,
        "logs": PLACE,
    }
    return {**known, "buildStatus": status, "buildComplete": status != "IN_PROGRESS", "endTime": BEGUN, **more}


def _answer(aws: Aws, *states: dict[str, Any]) -> None:
    """A project with one build, which is in these states, one a look, and in the last from then on."""
    left = list(states)
    aws.answers["ListBuildsForProject"] = lambda _: {"ids": ["scones-build:1"]}
    aws.answers["BatchGetBuilds"] = lambda _: {"builds": [left.pop(0) if len(left) > 1 else left[0]]}


def _options(**given: Any) -> Namespace:
    return Namespace(**{"target": "aws", "watch": True, "commit": COMMIT, "json": False, **given})


def test_a_build_is_followed_to_its_end_line_by_line(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    running = _build("IN_PROGRESS")
    _answer(aws, running, running, _build())
    pages = {"": (["install\n"], "a"), "a": (["build\n"], "b"), "b": ([], "b")}

    def events(asked: dict[str, Any]) -> dict[str, Any]:
        lines, token = pages[asked.get("nextToken", "")]
        return {"events": [{"message": line} for line in lines], "nextForwardToken": token}

    aws.answers["GetLogEvents"] = events
    assert list_builds(_options()) == 0
    assert capsys.readouterr().out.splitlines() == ["install", "build", "Build 1 of ccccccccc SUCCEEDED after 0 s."]


def test_a_build_that_failed_is_the_command_s_failure_and_says_where(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    phases = [
        {"phaseType": "INSTALL", "phaseStatus": "SUCCEEDED"},
        {"phaseType": "PRE_BUILD", "phaseStatus": "FAILED", "contexts": [{"message": "pytest ended with 1"}]},
    ]
    _answer(aws, _build("FAILED", phases=phases))
    aws.answers["GetLogEvents"] = lambda _: {"events": [], "nextForwardToken": "a"}
    assert list_builds(_options()) == 1
    assert list_builds(_options(watch=False, commit=None, json=True)) == 0
    [row] = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert (row["phase"], row["reason"]) == ("PRE_BUILD", "pytest ended with 1")


def test_a_commit_that_nobody_builds_is_named_with_what_was_built(aws: Aws) -> None:
    _answer(aws, _build(commit="d" * 40))
    with pytest.raises(CommandError, match=r"No build of ccccccccc .*built were: ddddddddd.*scones-dead-letters"):
        list_builds(_options())


def test_without_a_build_project_a_sentence_says_why(aws: Aws) -> None:

    def refuse(_: dict[str, Any]) -> dict[str, Any]:
        said = {"Error": {"Code": "ResourceNotFoundException", "Message": "no project"}}
        raise ClientError(said, "ListBuildsForProject")

    aws.answers["ListBuildsForProject"] = refuse
    with pytest.raises(CommandError, match="SourceProvider=NONE"):
        list_builds(_options(watch=False, commit=None))
