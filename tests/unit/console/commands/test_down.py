"""`scones down` says which executions it interrupts, names what a wipe removes, and asks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from botocore.exceptions import EndpointConnectionError

from console.__main__ import main
from console.commands import local_aws
from console.target import Target
from localaws import keys, process
from localaws.clients import Clients
from localaws.command import __main__ as alone
from localaws.settings import Settings
from localaws.store import Store
from tests.unit.console.page.aws import Aws

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ROOT = "arn:aws:sagemaker:us-east-1:000000000000:pipeline"


class _Keyboard:
    def __init__(self, *, terminal: bool) -> None:
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the local AWS has its state, and its key."""
    return tmp_path / "home"


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch, home: Path) -> Iterator[list[str]]:
    """A local AWS that runs an execution of one pipeline and none of another; answers what was done to it."""
    done: list[str] = []
    with mock.patch.dict(os.environ):
        os.environ.pop("AWS_ENDPOINT_URL", None)
        monkeypatch.setenv("SCONES_HOME", str(home))
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
        monkeypatch.setattr(local_aws, "choose", lambda *_, **__: Target(Settings(home=home)))
        monkeypatch.setattr(process, "running_pid", lambda _: 1)
        monkeypatch.setattr(process, "stop", lambda _: done.append("stop") or True)  # type: ignore[func-returns-value]
        monkeypatch.setattr(process, "wipe", lambda _: done.append("wipe"))
        keys.ensure(Settings(home=home))
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


@pytest.mark.parametrize("words", [["down"], ["down", "--wipe"]])
def test_a_script_is_told_and_not_asked(
    stopped: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    _sit(monkeypatch, terminal=False)
    assert main(words) == 0
    assert "busy of scones-training" in capsys.readouterr().err
    assert stopped[0] == "stop"


@pytest.mark.parametrize("agreed", ["--yes", "--force"])
def test_who_has_agreed_is_asked_nothing(stopped: list[str], capsys: pytest.CaptureFixture[str], agreed: str) -> None:
    assert main(["down", agreed, "--wipe"]) == 0
    assert capsys.readouterr().err == ""
    assert stopped == ["stop", "wipe"]


def test_a_wipe_asks_also_where_nothing_runs_and_names_what_is_lost(
    stopped: list[str], home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(process, "running_pid", lambda _: None)
    monkeypatch.setattr(process, "stop", lambda _: False)
    store = Store(home / "sagemaker.db")
    for number in range(3):
        store.put("model-package", str(number), {})
    store.put("pipeline-execution", "one", {})
    store.close()
    folder = home / "ministack/s3/000000000000/bucket"
    folder.mkdir(parents=True)
    (folder / "a.png").touch()
    (folder / "a.png.meta.json").touch()
    _sit(monkeypatch, "n", "y")
    assert main(["down", "--wipe"]) == 1
    said = capsys.readouterr().err
    assert f"what is kept in {home}, and nothing restores it" in said
    assert "3 registered versions, 1 execution, 1 object in S3, logs" in said
    assert stopped == []
    assert main(["down", "--wipe"]) == 0
    assert stopped == ["wipe"]


def test_a_wipe_of_what_holds_nothing_asks_nothing(stopped: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "running_pid", lambda _: None)
    _sit(monkeypatch, terminal=False)
    assert main(["down", "--wipe"]) == 0
    assert stopped == ["stop", "wipe"]


def test_one_that_does_not_answer_is_stopped_all_the_same(stopped: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    monkeypatch.setattr(Clients, "get", lambda *_: SimpleNamespace(get_paginator=fail))
    _sit(monkeypatch)
    assert main(["down"]) == 0
    assert stopped == ["stop"]


def test_the_command_of_the_local_aws_alone_asks_as_well(
    stopped: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(alone, "stop", process.stop)
    _sit(monkeypatch, "n")
    assert alone.main(["down"]) == 1
    assert stopped == []
    _sit(monkeypatch, terminal=False)
    assert alone.main(["down"]) == 0
    assert "busy of scones-training" in capsys.readouterr().err
    assert alone.main(["down", "--yes"]) == 0
    assert stopped == ["stop", "stop"]
