"""Running the phases: one shell for all commands, and CodeBuild's rules of what follows a failure."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from localaws.push.build import Failure, run
from localaws.push.buildspec import SHELLS, parse

Outcome = tuple[Failure | None, str]


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Outcome]:
    def call(phases: str, shell: str = "bash", seconds: float = 20) -> Outcome:
        printed: list[str] = []
        spec = parse(f"{{version: 0.2, env: {{shell: {shell}, variables: {{A: spec, B: spec}}}}, phases: {phases}}}")
        failure = run(spec, tmp_path, {"PATH": os.defpath, "B": "project"}, printed.append, seconds)
        return failure, "".join(printed)

    return call


@pytest.mark.parametrize("shell", SHELLS)
def test_what_a_command_exports_and_where_it_goes_stays_for_the_next_phase(
    shell: str, build: Callable[..., Outcome], tmp_path: Path
) -> None:
    (tmp_path / "inner").mkdir()
    phases = '{install: {commands: ["export C=3; cd inner"]}, build: {commands: ["echo $A-$B-$C; pwd"]}}'
    failure, printed = build(phases, shell)
    assert failure is None
    assert "spec-project-3\n" in printed
    assert f"{tmp_path}/inner\n" in printed


def test_a_phase_stops_at_its_first_failure_and_post_build_runs_knowing_of_it(build: Callable[..., Outcome]) -> None:
    phases = (
        '{build: {commands: ["echo one", "(exit 3)", "echo never"], finally: ["echo finally"]}, '
        'post_build: {commands: ["echo succeeding=$CODEBUILD_BUILD_SUCCEEDING"]}}'
    )
    failure, printed = build(phases)
    assert failure == Failure("build", "(exit 3)", 3)
    assert str(failure) == "in build, `(exit 3)` ended with 3"
    lines = printed.splitlines()
    assert [line for line in lines if line in ("one", "never", "finally", "succeeding=0")] == [
        "one", "finally", "succeeding=0",
    ]  # fmt: skip


@pytest.mark.parametrize("phase", ["install", "pre_build"])
def test_a_failure_before_the_build_runs_nothing_more(phase: str, build: Callable[..., Outcome]) -> None:
    ok = '{commands: ["echo ran"]}'
    failure, printed = build(f'{{{phase}: {{commands: ["false"]}}, build: {ok}, post_build: {ok}}}')
    assert failure is not None
    assert "ran\n" not in printed.replace("$ echo ran\n", "")
    assert "--- build is not run" in printed


def test_on_failure_says_otherwise(build: Callable[..., Outcome]) -> None:
    goes_on = '{pre_build: {on-failure: CONTINUE, commands: ["false"]}, build: {commands: ["echo ran"]}}'
    failure, printed = build(goes_on)
    assert failure is not None
    assert "\nran\n" in printed
    aborts = '{build: {on-failure: ABORT, commands: ["false"]}, post_build: {commands: ["echo ran"]}}'
    assert "\nran\n" not in build(aborts)[1]


def test_a_command_that_exits_ends_its_phase_and_not_the_build(build: Callable[..., Outcome]) -> None:
    failure, printed = build('{build: {commands: ["exit 4"]}, post_build: {commands: ["echo after"]}}')
    assert failure == Failure("build", "exit 4", 4)
    assert "\nafter\n" in printed


def test_a_command_reads_nothing_and_what_it_leaves_running_holds_nobody_up(build: Callable[..., Outcome]) -> None:
    began = time.monotonic()
    failure, printed = build('{build: {commands: ["cat", "sleep 30 & echo left", "printf no-newline"]}}')
    assert failure is None
    assert "left\n" in printed
    assert printed.endswith("no-newline")
    assert time.monotonic() - began < 10


def test_a_build_that_takes_longer_than_its_project_allows_is_ended(build: Callable[..., Outcome]) -> None:
    failure, _ = build('{build: {commands: ["sleep 30"]}}', seconds=0.5)
    assert str(failure) == "in build, `sleep 30` took too long"


def test_output_of_many_lines_arrives_whole_and_in_order(build: Callable[..., Outcome]) -> None:
    _, printed = build('{build: {commands: ["seq 1 20000", "echo äöü"]}}')
    assert "\n".join(map(str, range(1, 20001))) in printed
    assert printed.endswith("$ echo äöü\näöü\n")


def test_a_shell_with_many_open_files_keeps_its_pipes_apart(build: Callable[..., Outcome]) -> None:
    # The pipes' numbers must not meet 8 and 9, which the shell uses.
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(3)]
    try:
        assert build('{build: {commands: ["true"]}}')[0] is None
    finally:
        for one in held:
            os.close(one)
