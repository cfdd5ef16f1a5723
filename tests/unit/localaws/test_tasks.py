"""Tasks: work by key, that can be stopped and waited for."""

from __future__ import annotations

import threading

import pytest

from localaws.tasks import Stop, Tasks


def test_work_runs_beside_its_caller_and_can_be_waited_for() -> None:
    tasks, go, done = Tasks(), threading.Event(), threading.Event()

    def work(_: Stop) -> None:
        go.wait(5)
        done.set()

    tasks.start("key", work)
    tasks.join("key", 0.01)
    assert not done.is_set()
    go.set()
    tasks.join("key", 5)
    assert done.is_set()
    assert tasks._running == {}


def test_a_stop_reaches_the_work_of_its_key_only() -> None:
    tasks, stops = Tasks(), dict[str, bool]()
    for key in ("a", "b"):
        tasks.start(key, lambda stop, key=key: stops.update({key: stop.wait(0.2)}))
    tasks.stop("a")
    for key in ("a", "b"):
        tasks.join(key, 5)
    assert stops == {"a": True, "b": False}


def test_what_does_not_run_can_be_stopped_and_waited_for() -> None:
    tasks = Tasks()
    tasks.stop("nothing")
    tasks.join("nothing")
    assert tasks._running == {}


def test_work_that_breaks_is_logged_and_ended(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks()

    def broken(_: Stop) -> None:
        raise RuntimeError("the oven is cold")

    tasks.start("key", broken)
    tasks.join("key", 5)
    assert "key ended unexpectedly" in caplog.text
    assert "the oven is cold" in caplog.text


def test_a_stop_is_remembered() -> None:
    stop = Stop()
    assert (stop.requested, stop.wait(0)) == (False, False)
    stop.request()
    assert (stop.requested, stop.wait(60)) == (True, True)
