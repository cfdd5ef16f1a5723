"""Which isolation is chosen, and how what cannot be started is told."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from localaws.isolation import launching
from localaws.isolation.kinds import Isolation
from localaws.isolation.launching import IsolationError, choose, find, launch
from localaws.isolation.view import View

FOUND = find()
needs_namespaces = pytest.mark.skipif(not FOUND.namespaces, reason=FOUND.reason)


def test_paths_are_taken_where_they_are_asked_for() -> None:
    assert choose("paths") == Isolation(reason="SCONES_ISOLATION=paths says")


@pytest.mark.parametrize(
    ("possible", "found"),
    [
        (2, Isolation(namespaces=True, processes=True)),
        (1, Isolation(namespaces=True, reason="the kernel allows no /proc of their own (mount /proc: refused)")),
        (0, Isolation(reason="the kernel allows no namespaces (mount /proc: refused)")),
    ],
)
def test_the_most_that_the_kernel_allows_is_found(
    monkeypatch: pytest.MonkeyPatch, possible: int, found: Isolation
) -> None:
    def attempt(isolation: Isolation) -> str | None:
        return None if possible >= isolation.namespaces + isolation.processes else "mount /proc: refused"

    monkeypatch.setattr(launching, "has_namespaces", lambda: True)
    monkeypatch.setattr(launching, "_try", attempt)
    assert find() == found
    assert found.reason in found.sentence


def test_namespaces_are_refused_where_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launching, "has_namespaces", lambda: False)
    assert choose("") == Isolation(reason="this system has no namespaces; Linux has them")
    with pytest.raises(IsolationError, match=r"which this machine does not allow: this system has no namespaces"):
        choose("namespaces")


@needs_namespaces
@pytest.mark.parametrize("processes", [True, False])
def test_a_program_runs_with_and_without_processes_of_its_own(tmp_path: Path, processes: bool) -> None:
    if processes and not FOUND.processes:
        pytest.skip(FOUND.reason)
    isolation = Isolation(namespaces=True, processes=processes)
    words = ["sh", "-c", "cat /opt/ml/given; echo $$ $MINE; exit 3"]
    (tmp_path / "given").write_text("of-the-job\n")
    variables = {"PATH": os.defpath, "MINE": "é = 1"}
    process = launch(View({"/opt/ml": tmp_path}), isolation, words, variables, stdout=subprocess.PIPE)
    said = process.communicate()[0].decode()
    assert said == f"of-the-job\n{2 if processes else process.pid} é = 1\n"
    assert process.returncode == 3


@needs_namespaces
@pytest.mark.parametrize("processes", [True, False])
@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["no-such"], "No such file"),
        (["/etc/passwd"], "Permission denied"),
        (["/etc/passwd/x"], "Not a directory|No such"),
    ],
)
def test_what_cannot_be_started_is_told_with_the_reason(
    tmp_path: Path, processes: bool, words: list[str], reason: str
) -> None:
    if processes and not FOUND.processes:
        pytest.skip(FOUND.reason)
    with pytest.raises(OSError, match=reason):
        launch(View({"/opt/ml": tmp_path}), Isolation(True, processes), words, {"PATH": os.defpath})


@needs_namespaces
def test_what_cannot_be_mounted_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="mount /opt/ml: No such file"):
        launch(View({"/opt/ml": tmp_path / "none"}), FOUND, ["true"], {"PATH": os.defpath})


@needs_namespaces
def test_a_program_is_started_before_it_ends_and_holds_nothing_open_but_its_streams(tmp_path: Path) -> None:
    words = ["sh", "-c", "read line; ls /dev/fd"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = launch(View({"/opt/ml": tmp_path}), FOUND, words, {"PATH": os.defpath}, **pipes)
    said = process.communicate(b"begin\n", timeout=20)[0].decode().split()
    assert said == ["0", "1", "2", "3"]  # 3 is the folder that ls reads


@needs_namespaces
def test_what_a_program_ends_by_is_how_its_process_ends(tmp_path: Path) -> None:
    for words, code in ((["sh", "-c", "exit 7"], 7), (["sh", "-c", "kill -KILL $$"], -9), (["sleep", "60"], -15)):
        process = launch(View({"/opt/ml": tmp_path}), FOUND, words, {"PATH": os.defpath})
        if words[0] == "sleep":
            process.terminate()
        assert process.wait(20) == code
        assert os.getpgid(0) != process.pid
