"""Containers: output, exit codes, ends by force, and what a killed process leaves over."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from localaws.failures import JobFailure
from localaws.images.program import Program
from localaws.jobs.container import Container, base_environment, kill_left_over
from localaws.keys import Credentials
from localaws.redirect import FOLDER
from localaws.settings import Settings

SLEEP = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEP
PARENT = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); {SLEEP}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "job" / "algo-1"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def begin(root: Path) -> Iterator[Callable[..., tuple[Container, list[str]]]]:
    """Start a program and collect its lines; what still runs at the end is ended."""
    started: list[Container] = []

    def make(program: str, **environment: str) -> tuple[Container, list[str]]:
        lines: list[str] = []
        container = Container(
            Settings(), root, Program(("python3", "-c", program)), {"PATH": os.environ["PATH"], **environment}
        )
        container.start(lines.extend)
        started.append(container)
        return container, lines

    yield make
    for container in started:
        container.terminate(0)
        container.finish()


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


Begin = Callable[..., tuple[Container, list[str]]]
Settled = Callable[[Callable[[], bool]], None]


def test_output_comes_line_by_line_from_both_streams(begin: Begin) -> None:
    container, lines = begin(
        "import sys; print('a'); print('b\\r\\n', end='', flush=True); print('é', file=sys.stderr)"
    )
    assert container.wait(5) == 0
    container.finish()
    assert lines == ["a", "b", "é"]


def test_output_that_is_not_text_does_not_end_the_reading(begin: Begin) -> None:
    container, lines = begin("import sys; sys.stdout.buffer.write(b'\\xff\\nafter')")
    container.wait(5)
    container.finish()
    assert lines == ["\ufffd", "after"]


def test_the_exit_code_is_reported(begin: Begin) -> None:
    container, _ = begin("raise SystemExit(3)")
    assert container.wait(5) == 3
    assert container.poll() == 3


def test_a_program_that_runs_has_no_exit_code_yet(begin: Begin) -> None:
    container, _ = begin(SLEEP)
    assert container.wait(0.01) is None
    assert container.poll() is None


def test_a_container_that_was_not_started_has_nothing_to_end(root: Path) -> None:
    container = Container(Settings(), root, Program(("python3",)), {})
    container.terminate(0)
    container.finish()
    assert (container.poll(), container.wait(0)) == (None, None)


def test_only_the_given_environment_reaches_the_program(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    container, lines = begin("import os; print(os.environ.get('AWS_SECRET_ACCESS_KEY'), os.environ['MINE'])", MINE="1")
    container.wait(5)
    container.finish()
    assert lines == ["None 1"]


def test_a_program_that_heeds_the_signal_ends_within_its_grace(begin: Begin, settled: Settled) -> None:
    container, lines = begin(SLEEP)
    settled(lambda: lines == ["up"])
    started = time.monotonic()
    container.terminate(30)
    assert container.poll() == -15
    assert time.monotonic() - started < 10


def test_a_program_that_ignores_the_signal_is_killed_after_its_grace(begin: Begin, settled: Settled) -> None:
    container, lines = begin(STUBBORN)
    settled(lambda: lines == ["up"])
    container.terminate(0.1)
    assert container.poll() == -9


def test_children_end_with_their_container(begin: Begin, settled: Settled) -> None:
    container, lines = begin(PARENT)
    settled(lambda: lines == ["up", "up"])
    (child,) = psutil.Process(container._process.pid).children()
    container.terminate(0)
    container.finish()
    settled(lambda: gone(child.pid))


def test_the_pid_file_lasts_as_long_as_the_program(begin: Begin, root: Path) -> None:
    container, _ = begin("pass")
    assert root.with_name("pid.algo-1").exists()
    container.wait(5)
    container.finish()
    assert not root.with_name("pid.algo-1").exists()


def test_a_program_that_is_not_there_is_the_request_s_fault(root: Path) -> None:
    with pytest.raises(JobFailure, match="ClientError: The program /no/such cannot be started: No such file"):
        Container(Settings(), root, Program(("/no/such",)), {}).start(print)


def test_what_a_killed_process_left_running_is_ended(
    tmp_path: Path, root: Path, begin: Begin, settled: Settled
) -> None:
    container, lines = begin(SLEEP)
    settled(lambda: lines == ["up"])
    kill_left_over(tmp_path)
    assert container.wait(5) == -9
    assert not root.with_name("pid.algo-1").exists()


def test_a_program_that_no_file_names_is_ended_as_well(
    tmp_path: Path, root: Path, begin: Callable[..., tuple[Container, list[str]]], settled: Callable[..., None]
) -> None:
    """As it is after a `kill -9` between the program's start and its file."""
    container, lines = begin(SLEEP)
    settled(lambda: lines == ["up"])
    root.with_name("pid.algo-1").unlink()
    kill_left_over(tmp_path)
    assert container.wait(5) == -9


def test_a_clock_that_was_set_since_does_not_keep_a_left_over_program_alive(
    tmp_path: Path, root: Path, begin: Callable[..., tuple[Container, list[str]]], settled: Callable[..., None]
) -> None:
    container, lines = begin(SLEEP)
    settled(lambda: lines == ["up"])
    pid, started = root.with_name("pid.algo-1").read_text().split()
    root.with_name("pid.algo-1").write_text(f"{pid} {float(started) - 3600}")
    kill_left_over(tmp_path)
    assert container.wait(5) == -9


def test_a_later_process_of_the_same_number_is_left_alone(tmp_path: Path, root: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True) as other:
        root.with_name("pid.algo-1").write_text(f"{other.pid} {psutil.Process(other.pid).create_time() - 100}")
        kill_left_over(tmp_path)
        assert other.poll() is None
        other.kill()
    assert not root.with_name("pid.algo-1").exists()


@pytest.mark.parametrize("content", ["", "12", "words in it", f"{2**22 + 7} 1.0"])
def test_a_broken_or_stale_pid_file_does_not_hinder_the_start(tmp_path: Path, root: Path, content: str) -> None:
    root.with_name("pid.algo-1").write_text(content)
    kill_left_over(tmp_path)
    assert not root.with_name("pid.algo-1").exists()


def test_containers_are_told_on_how_many_cores_a_training_runs() -> None:
    environment = base_environment(Settings(training_cores=3), Credentials("a", "b"), Program(("python3",)))
    assert environment["SCONES_TRAINING_CORES"] == "3"


def test_containers_are_given_the_local_aws_and_no_real_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    environment = base_environment(Settings(port=4999), Credentials("of-a-role", "secret"), Program(("python3",)))
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4999"
    assert environment["AWS_ACCESS_KEY_ID"] == "of-a-role"
    assert "AWS_SESSION_TOKEN" not in environment
    assert environment["PATH"].startswith(str(Path(sys.executable).parent))
    assert environment["PYTHONPATH"].startswith(FOLDER)  # the SDK names AWS's hosts itself
