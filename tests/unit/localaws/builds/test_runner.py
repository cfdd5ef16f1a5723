"""Builds beyond what this machine runs at once, and builds that a killed local AWS left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localaws.builds import runner
from localaws.builds.log import forget_old
from localaws.jobs.container import remember

SPEC = '{version: 0.2, phases: {build: {commands: ["true"]}}}'


def test_builds_beyond_the_slots_are_queued_and_can_be_stopped_there(
    builds: Any, monkeypatch: pytest.MonkeyPatch, settled: Callable[[Callable[[], bool]], None]
) -> None:
    builds.commit(buildspec__yml=SPEC)
    builds.project()
    slot = threading.BoundedSemaphore(1)
    monkeypatch.setattr(runner, "_slots", slot)
    slot.acquire()
    first, second = builds.start(), builds.start()
    settled(lambda: builds("BatchGetBuilds", ids=[second["id"]])["builds"][0]["currentPhase"] == "QUEUED")
    assert builds("StopBuild", id=second["id"])["build"]["buildStatus"] == "STOPPED"
    slot.release()
    assert builds.ended(first)["buildStatus"] == "SUCCEEDED"


def test_a_build_that_a_killed_local_aws_left_is_a_fault_that_says_so(builds: Any) -> None:
    builds.commit(buildspec__yml=SPEC)
    builds.project()
    ended = builds.ended(builds.start())
    builds.aws.store.update("build", ended["id"], buildComplete=False, buildStatus="IN_PROGRESS")
    phases = [*ended["phases"][:-1], {"phaseType": "BUILD", "startTime": ended["startTime"]}]
    builds.aws.store.update("build", ended["id"], phases=phases)

    runner.recover(builds.aws)

    (found,) = builds("BatchGetBuilds", ids=[ended["id"]])["builds"]
    assert (found["buildStatus"], found["buildComplete"]) == ("FAULT", True)
    assert builds.failure(found) == ("BUILD", "INTERNAL_SERVER_ERROR", runner.INTERRUPTED)


def test_a_shell_is_remembered_while_it_runs(builds: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[tuple[Path, int]] = []
    monkeypatch.setattr(runner, "remember", lambda folder, pid: noted.append((folder, pid)) or remember(folder, pid))
    builds.commit(buildspec__yml=SPEC)
    builds.project()
    ended = builds.ended(builds.start())
    folder = runner.folder_of(builds.aws, ended["id"])
    assert [place for place, _ in noted] == [folder.resolve() / "shell"]
    assert not (folder / "src").exists()
    assert (folder / "log").exists()


def test_logs_of_old_builds_are_forgotten(tmp_path: Path) -> None:
    for number in range(60):
        (tmp_path / str(number)).mkdir()
    forget_old(tmp_path)
    assert len(list(tmp_path.iterdir())) == 49
