"""Builds of one project, some under way: which goes first, which waits, and which gives way to a newer commit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from seedcode.turn import Turn, TurnError

OLD, NEW = "1" * 40, "2" * 40


@dataclass
class CodeBuild:
    """Builds by number: the phases that each is in, look after look; the last one stays."""

    phases: dict[int, list[str]]
    looks: int = -1
    stopped: list[str] = field(default_factory=list)

    def list_builds_for_project(self, projectName: str) -> dict[str, list[str]]:
        self.looks += 1
        return {"ids": [f"{projectName}:{number}" for number in sorted(self.phases, reverse=True)]}

    def batch_get_builds(self, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
        return {"builds": [self._build(build_id) for build_id in ids]}

    def stop_build(self, id: str) -> None:
        self.stopped.append(id)

    def _build(self, build_id: str) -> dict[str, Any]:
        number = int(build_id.partition(":")[2])
        phases = self.phases[number]
        phase = phases[min(self.looks, len(phases) - 1)]
        status = "SUCCEEDED" if phase == "COMPLETED" else "IN_PROGRESS"
        return {"id": build_id, "buildNumber": number, "currentPhase": phase, "buildStatus": status}


def _turn(codebuild: CodeBuild, number: int, newest: Callable[[], str | None] = lambda: OLD) -> Turn:
    return Turn(codebuild, f"scones-build:{number}", OLD, newest, sleep=lambda _: None)


def test_a_build_waits_until_those_before_it_have_ended_and_says_for_which() -> None:
    codebuild = CodeBuild(
        {1: ["BUILD", "POST_BUILD", "COMPLETED"], 2: ["INSTALL", "INSTALL", "COMPLETED"], 3: ["PRE_BUILD"]}
    )
    said: list[str] = []

    assert _turn(codebuild, 3).wait(said.append) is None

    assert codebuild.looks == 2
    assert said == ["This build waits for 1, 2 of this project: two would update one stack."]


def test_of_two_that_ask_at_once_the_earlier_goes_on() -> None:
    codebuild = CodeBuild({1: ["PRE_BUILD"], 2: ["PRE_BUILD", "COMPLETED"]})
    assert _turn(codebuild, 1).wait(print) is None
    assert codebuild.looks == 0


@pytest.mark.parametrize("phase", ["SUBMITTED", "QUEUED"])
def test_a_queued_build_is_not_waited_for_as_it_may_be_queued_behind_this_one(phase: str) -> None:
    codebuild = CodeBuild({1: [phase], 2: ["PRE_BUILD"]})
    assert _turn(codebuild, 2).wait(print) is None


def test_a_later_build_that_has_begun_to_change_the_account_is_waited_for() -> None:
    codebuild = CodeBuild({1: ["PRE_BUILD"], 2: ["BUILD", "COMPLETED"]})
    assert _turn(codebuild, 1).wait(print) is None
    assert codebuild.looks == 1


def test_a_build_whose_commit_is_not_the_newest_gives_way_also_while_it_waits() -> None:
    heads = iter([OLD, OLD, NEW])
    codebuild = CodeBuild({1: ["BUILD"], 2: ["PRE_BUILD"]})
    turn = _turn(codebuild, 2, lambda: next(heads))

    assert turn.wait(print) == NEW

    with pytest.raises(TurnError, match="stop it by hand"):
        turn.give_way()
    assert codebuild.stopped == ["scones-build:2"]


def test_where_nobody_knows_the_newest_commit_builds_go_on_in_their_order() -> None:
    assert _turn(CodeBuild({1: ["COMPLETED"], 2: ["PRE_BUILD"]}), 2, lambda: None).wait(print) is None
