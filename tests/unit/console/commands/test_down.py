"""`scones down` says which executions it interrupts, and asks where somebody can answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import EndpointConnectionError

from console.__main__ import main
from console.commands import local_aws
from console.target import Target
from localaws import process
from localaws.clients import Clients
from localaws.settings import Settings
from tests.unit.console.page.aws import Aws

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ROOT = "arn:aws:sagemaker:us-east-1:000000000000:pipeline"


class _Keyboard:
    def __init__(self, *, terminal: bool) -> None:
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[list[str]]:
    """A local AWS that runs an execution of one pipeline and none of another; answers what was done to it."""
    done: list[str] = []
    with mock.patch.dict(os.environ):
        os.environ.pop("AWS_ENDPOINT_URL", None)
        monkeypatch.setenv("SCONES_HOME", str(tmp_path / "home"))
        aws = Aws(monkeypatch)
        aws.answers |= {
            "ListPipelines": lambda _: {
                "PipelineSummaries": [{"PipelineName": "scones-training"}, {"PipelineName": "scones-monitoring"}]
            },
            "ListPipelineExecutions": lambda asked: {
                "PipelineExecutionSummaries": [
                    _summary("busy", "Executing", asked),
                    _summary("done", "Succeeded", asked),
                ]
                if asked["PipelineName"] == "scones-training"
                else []
            },
        }
        source = aws.source
        monkeypatch.setattr(Clients, "get", lambda _, service: source.client(service))
        monkeypatch.setattr(local_aws, "choose", lambda *_, **__: Target(Settings(home=tmp_path / "home")))
        monkeypatch.setattr(process, "running_pid", lambda _: 1)
        monkeypatch.setattr(process, "stop", lambda _: done.append("stop") or True)  # type: ignore[func-returns-value]
        monkeypatch.setattr(process, "wipe", lambda _: done.append("wipe"))
        yield done


def _summary(identity: str, status: str, asked: dict[str, Any]) -> dict[str, Any]:
    arn = f"{ROOT}/{asked['PipelineName']}/execution/{identity}"
    return {"PipelineExecutionArn": arn, "StartTime": NOW, "PipelineExecutionStatus": status}


def _sit(monkeypatch: pytest.MonkeyPatch, *answers: str, terminal: bool = True) -> None:
    left = list(answers)
    monkeypatch.setattr(sys, "stdin", _Keyboard(terminal=terminal))
    monkeypatch.setattr("builtins.input", lambda _: left.pop(0))


@pytest.mark.parametrize(("answer", "code", "did"), [("n", 1, []), ("", 1, []), ("y", 0, ["stop"])])
def test_a_person_is_told_what_a_stop_interrupts_and_asked(
    stopped: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
    code: int,
    did: list[str],
) -> None:
    _sit(monkeypatch, answer)
    assert main(["down"]) == code
    said = capsys.readouterr().err
    assert "An execution runs" in said
    assert "busy of scones-training" in said
    assert "done" not in said
    assert "not resumed; `scones retry ID`" in said
    assert stopped == did


def test_a_script_is_told_and_not_asked(
    stopped: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _sit(monkeypatch, terminal=False)
    assert main(["down"]) == 0
    assert "busy of scones-training" in capsys.readouterr().err
    assert stopped == ["stop"]


def test_force_asks_nothing(stopped: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["down", "--force", "--wipe"]) == 0
    assert capsys.readouterr().err == ""
    assert stopped == ["stop", "wipe"]


def test_a_wipe_says_that_the_state_goes(
    stopped: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _sit(monkeypatch, "n")
    assert main(["down", "--wipe"]) == 1
    assert "Their state is removed with them." in capsys.readouterr().err
    assert stopped == []


def test_one_that_does_not_answer_is_stopped_all_the_same(stopped: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    monkeypatch.setattr(Clients, "get", lambda *_: SimpleNamespace(get_paginator=fail))
    _sit(monkeypatch)
    assert main(["down"]) == 0
    assert stopped == ["stop"]
