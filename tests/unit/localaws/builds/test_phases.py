"""Running the phases: one shell for all commands, and CodeBuild's rules of what follows a failure."""

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from localaws.builds.buildspec import SHELLS, parse
from localaws.builds.errors import BuildError
from localaws.builds.phases import Failure, run

Outcome = tuple[Failure | None, str]


@dataclass
class Watcher:
    """What a build tells who watches it, as lines; it is stopped once it has printed `stop_at`."""

    printed: list[str] = field(default_factory=list)
    shells: list[int] = field(default_factory=list)
    stop_at: str = ""

    def write(self, text: str) -> None:
        self.printed.append(text)

    def note(self, sentence: str) -> None:
        self.printed.append(f"$ {sentence}\n")

    def enter(self, phase: str) -> None:
        self.printed.append(f"--- {phase}\n")

    def leave(self, error: BuildError | None = None, status: str = "FAILED") -> None:
        self.printed.append(f"{status}: {error}\n" if error or status != "FAILED" else "")

    def stopped(self) -> bool:
        return bool(self.stop_at) and self.stop_at in "".join(self.printed)

    def started(self, pid: int) -> None:
        self.shells.append(pid)


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Outcome]:
    def call(phases: str, shell: str = "bash", seconds: float = 20, stop_at: str = "") -> Outcome:
        watcher = Watcher(stop_at=stop_at)
        spec = parse(f"{{version: 0.2, env: {{shell: {shell}, variables: {{A: spec, B: spec}}}}, phases: {phases}}}")
        failure = run(spec, tmp_path, {"PATH": os.defpath, "B": "project"}, watcher, seconds)
        return failure, "".join(watcher.printed)

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
    assert "FAILED: Error while executing command: (exit 3). Reason: exit status 3\n" in printed
    lines = printed.splitlines()
    assert [line for line in lines if line in ("one", "never", "finally", "succeeding=0")] == [
        "one", "finally", "succeeding=0",
    ]  # fmt: skip


@pytest.mark.parametrize("phase", ["install", "pre_build"])
def test_a_failure_before_the_build_runs_nothing_more(phase: str, build: Callable[..., Outcome]) -> None:
    ok = '{commands: ["echo ran"]}'
    failure, printed = build(f'{{{phase}: {{commands: ["false"]}}, build: {ok}, post_build: {ok}}}')
    assert failure is not None
    assert "\nran\n" not in printed
    assert "--- BUILD" not in printed


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
    assert "no-newline" in printed
    assert time.monotonic() - began < 10


def test_a_build_that_takes_longer_than_its_project_allows_is_ended(build: Callable[..., Outcome]) -> None:
    phases = '{build: {commands: ["sleep 30"], finally: ["echo ran"]}, post_build: {commands: ["echo ran"]}}'
    failure, printed = build(phases, seconds=0.5)
    assert failure is not None
    assert failure.timed_out
    assert "TIMED_OUT: Build has timed out. \n" in printed
    assert "\nran\n" not in printed


def test_a_build_that_is_stopped_runs_nothing_more_whatever_its_buildspec_says(build: Callable[..., Outcome]) -> None:
    phases = (
        '{build: {on-failure: CONTINUE, commands: ["echo began", "sleep 30"], finally: ["echo ran"]}, '
        'post_build: {commands: ["echo ran"]}}'
    )
    failure, printed = build(phases, stop_at="\nbegan\n")
    assert failure is not None
    assert failure.stopped
    assert "\nran\n" not in printed


@pytest.mark.parametrize("code", [124, 143])
def test_a_command_may_end_with_any_code_of_its_own(code: int, build: Callable[..., Outcome]) -> None:
    failure, printed = build(f'{{build: {{commands: ["(exit {code})"]}}}}')
    assert failure == Failure("build", f"(exit {code})", code)
    assert f"exit status {code}" in printed


def test_output_of_many_lines_arrives_whole_and_in_order(build: Callable[..., Outcome]) -> None:
    _, printed = build('{build: {commands: ["seq 1 20000", "echo äöü"]}}')
    assert "\n".join(map(str, range(1, 20001))) in printed
    assert "$ Running command echo äöü\näöü\n" in printed


def test_a_shell_with_many_open_files_keeps_its_pipes_apart(build: Callable[..., Outcome]) -> None:
    # The pipes' numbers must not meet 8 and 9, which the shell uses.
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(3)]
    try:
        assert build('{build: {commands: ["true"]}}')[0] is None
    finally:
        for one in held:
            os.close(one)


def test_an_interrupted_build_leaves_nothing_running(tmp_path: Path) -> None:
    spec = parse('{version: 0.2, phases: {build: {commands: ["sleep 300 & echo pid=$!; wait"]}}}')
    started: list[int] = []

    class Interrupting(Watcher):
        def write(self, text: str) -> None:
            if text.startswith("pid="):
                started.append(int(text.removeprefix("pid=")))
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(spec, tmp_path, {"PATH": os.defpath}, Interrupting(), 20)
    deadline = time.monotonic() + 5
    while _runs(started[0]):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    # Nobody waits for the orphan in a container without an init process: it may stay as a zombie.
    found = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(found.stdout.strip()) and not found.stdout.startswith("Z")
