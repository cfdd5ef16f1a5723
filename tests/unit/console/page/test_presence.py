"""The status of a page is 404 exactly where AWS says that its run or version is not there."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from console.page import presence
from console.page.context import Context
from console.page.execution.reader import Execution
from console.page.graph import Graph
from console.page.poller import Poller, Topic
from console.progress.snapshot import Snapshot, StepView
from tests.unit.console.page.aws import Aws


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/execution/abc", "execution"),
        ("/execution/abc/TrainModel", "execution"),
        ("/dataset/abc", "execution"),
        ("/version/3/card", "version"),
        ("/version/three", None),
        ("/runs", None),
        ("/", None),
    ],
)
def test_a_path_names_at_most_one_subject(path: str, key: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context(Aws(monkeypatch).source, Poller(1.0), may_act=False)
    found = presence.find_subject(context, path)
    assert (None if found is None else str(found.key[0])) == key  # type: ignore[index]


@pytest.mark.parametrize(("value", "absent"), [(None, True), ("a run", False), (OSError("no answer"), False)])
def test_only_an_answer_that_it_is_not_there_makes_it_absent(
    value: object, monkeypatch: pytest.MonkeyPatch, *, absent: bool
) -> None:
    def read() -> Any:
        if isinstance(value, Exception):
            raise value
        return value

    monkeypatch.setattr(presence, "find_subject", lambda *_: Topic(("subject",), read, lambda _: 1.0))
    context = Context(Aws(monkeypatch).source, Poller(0.05), may_act=False)
    assert asyncio.run(presence.is_absent(context, "/execution/x", 2.0)) is absent


@pytest.mark.parametrize(("step", "absent"), [("TrainModel", False), ("Nope", True)])
def test_a_step_that_a_run_has_not_is_absent(step: str, monkeypatch: pytest.MonkeyPatch, *, absent: bool) -> None:
    trained = StepView("TrainModel", "Training", 0, "Succeeded")
    found = Execution(Snapshot("arn", "Succeeded", datetime.now(UTC), None, None, {}, (trained,)), Graph((), ()), {})
    monkeypatch.setattr(presence, "find_subject", lambda *_: Topic(("subject",), lambda: found, lambda _: 1.0))
    context = Context(Aws(monkeypatch).source, Poller(0.05), may_act=False)
    assert asyncio.run(presence.is_absent(context, f"/execution/x/{step}", 2.0)) is absent


@pytest.mark.parametrize(
    ("path", "absent"),
    [("/version/three", True), ("/version/0", True), (f"/version/{'9' * 23}/card", True), ("/runs", False)],
)
def test_what_no_version_can_be_called_is_absent(path: str, monkeypatch: pytest.MonkeyPatch, *, absent: bool) -> None:
    context = Context(Aws(monkeypatch).source, Poller(1.0), may_act=False)
    assert asyncio.run(presence.is_absent(context, path, 2.0)) is absent
