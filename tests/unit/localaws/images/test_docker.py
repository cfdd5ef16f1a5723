"""Images that Docker runs: the words of its command, with a stand-in for its client that runs the program itself.

No real Docker is needed, or was met: the stand-in knows `version`, `run` and `rm`, and gives a program what the options
name and nothing else.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from localaws.failures import ClientFailure
from localaws.images import docker
from localaws.images.docker import build_image, build_run, name_container
from localaws.images.mapping import Mapped, save_mapping
from localaws.images.program import Program
from localaws.images.programs import find_program, runs_in_docker
from localaws.jobs.container import Container, kill_left_over
from localaws.settings import Settings

CLIENT = """#!{python}
import json, os, signal, subprocess, sys
state, words = {state!r}, sys.argv[1:]
if words[0] == "version":
    sys.exit({code})
if words[0] == "rm":
    open(os.path.join(state, "removed"), "a").write(words[-1] + "\\n")
    try:
        os.killpg(int(open(os.path.join(state, words[-1])).read()), signal.SIGKILL)
    except (OSError, ValueError):
        pass
    sys.exit(0)
options, rest = {{"--env": []}}, words[1:]
while rest[0].startswith("--"):
    name = rest.pop(0)
    if name == "--rm":
        continue
    options.setdefault(name, [])
    options[name].append(rest.pop(0))
json.dump({{"options": options, "rest": rest}}, open(os.path.join(state, "called"), "w"))
given = dict(each.split("=", 1) if "=" in each else (each, os.environ[each]) for each in options["--env"])
given["MOUNTED"] = options["--volume"][0].partition(":")[0]
run = subprocess.Popen(["/bin/sh", *rest[1:]], env=given, start_new_session=True)
open(os.path.join(state, options["--name"][0]), "w").write(str(run.pid))
signal.signal(signal.SIGTERM, lambda number, _: run.send_signal(number))
sys.exit(run.wait())
"""
URI = "000000000000.dkr.ecr.us-east-1.amazonaws.com/own:1"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the client, which is first on PATH, keeps what it was told and the containers that run."""
    folder = tmp_path / "state"
    folder.mkdir()
    _write_client(tmp_path / "bin", folder, 0)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setattr(docker, "_answered", {})
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "jobs" / "job" / "algo-1"
    made.mkdir(parents=True)
    return made


def _write_client(folder: Path, state: Path, code: int) -> None:
    folder.mkdir(exist_ok=True)
    client = folder / "docker"
    client.write_text(CLIENT.format(python=sys.executable, state=str(state), code=code))
    client.chmod(0o755)


def _start(root: Path, script: str, **environment: str) -> tuple[Container, list[str]]:
    lines: list[str] = []
    image = build_image(URI, "process", ["/bin/sh"], ["-c", script])
    container = Container(Settings(), root, Program((), docker=image), environment)
    container.start(lines.extend)
    return container, lines


def test_the_image_itself_runs_with_its_opt_ml_and_its_environment(state: Path, root: Path) -> None:
    script = 'echo "$SETTING $HOME ${VIRTUAL_ENV:-none}"; echo made > $MOUNTED/made; exit 3'
    container, lines = _start(root, script, SETTING="a b", PATH="/here", VIRTUAL_ENV="/here")
    assert container.wait(20) == 3
    container.finish()
    assert lines == ["a b /tmp none"]
    assert (root / "made").read_text() == "made\n"
    called = json.loads((state / "called").read_text())
    options = called["options"]
    assert options["--volume"] == [f"{root}:/opt/ml"]
    assert options["--security-opt"] == ["no-new-privileges"]
    assert options["--user"] == [f"{os.getuid()}:{os.getgid()}"]
    assert options["--entrypoint"] == ["/bin/sh"]
    # The value of what a job is given stands in no command line.
    assert sorted(options["--env"]) == ["HOME=/tmp", "SETTING"]
    assert called["rest"] == [URI, "-c", script]
    assert not list(root.parent.glob("docker.*"))


@pytest.mark.parametrize(
    ("verb", "entrypoint", "arguments", "words"),
    [
        ("train", None, None, [URI, "train"]),
        ("serve", None, None, [URI, "serve"]),
        ("train", None, ["--x"], [URI, "--x"]),
        ("process", None, ["--x"], [URI, "--x"]),
        ("process", ["python3", "a.py"], ["--x"], ["--entrypoint", "python3", URI, "a.py", "--x"]),
        ("train", ["sh", "t.sh"], None, ["--entrypoint", "sh", URI, "t.sh"]),
    ],
)
def test_an_image_is_called_as_aws_calls_it(
    state: Path, root: Path, verb: str, entrypoint: list[str] | None, arguments: list[str] | None, words: list[str]
) -> None:
    run = build_run(build_image(URI, verb, entrypoint, arguments), root, {})
    assert run.words[-len(words) :] == words
    assert run.words[:2] == ["docker", "run"]


def test_a_server_is_published_where_the_local_aws_asks_it(state: Path, root: Path) -> None:
    variables = {"SAGEMAKER_BIND_TO_PORT": "40123", "A": "1"}
    run = build_run(build_image(URI, "serve", None, None), root, variables)
    assert run.words[run.words.index("--publish") + 1] == "127.0.0.1:40123:8080"
    assert "SAGEMAKER_BIND_TO_PORT" not in run.words
    assert "--network" not in run.words


def test_on_a_mac_the_local_aws_has_another_name_in_a_container(
    state: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, variables = build_image(URI, "train", None, None), {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}
    monkeypatch.setattr(sys, "platform", "darwin")
    assert build_run(image, root, variables).environment["AWS_ENDPOINT_URL"] == "http://host.docker.internal:4566"
    monkeypatch.setattr(sys, "platform", "linux")
    run = build_run(image, root, variables)
    assert run.environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert run.words[run.words.index("--network") + 1] == "host"


def test_a_container_that_does_not_end_is_removed_by_its_name(
    state: Path, root: Path, settled: Callable[[Callable[[], bool]], None]
) -> None:
    container, lines = _start(root, "trap '' TERM; echo up; while :; do sleep 0.1; done")
    pid = _wait(state / name_container(root), lines, settled)
    container.terminate(0.2)
    container.finish()
    settled(lambda: _is_gone(pid))
    assert container.poll() is not None


def test_a_container_that_a_kill_of_the_local_aws_left_is_removed(
    state: Path, root: Path, settled: Callable[[Callable[[], bool]], None]
) -> None:
    _, lines = _start(root, "echo up; sleep 60")
    pid = _wait(state / name_container(root), lines, settled)
    kill_left_over(root.parents[1])
    settled(lambda: _is_gone(pid))
    # On its own: a real one's process is the daemon's, and no folder of the job leads to it.
    assert (state / "removed").read_text().split() == [name_container(root)]
    assert not list(root.parent.glob("docker.*"))


def test_without_docker_an_image_that_is_set_to_it_is_refused(
    tmp_path: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_mapping(tmp_path, {"own": Mapped(docker=True)})
    assert runs_in_docker(tmp_path, URI)
    assert find_program(tmp_path, URI, "train", None, None).docker is not None
    monkeypatch.setattr(docker, "_answered", {})
    _write_client(tmp_path / "bin", state, 1)
    with pytest.raises(ClientFailure, match="Docker, which does not answer here; start it, or name packages"):
        find_program(tmp_path, URI, "train", None, None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ClientFailure, match="Docker, which is not here"):
        find_program(tmp_path, URI, "train", None, None)


def _wait(file: Path, lines: list[str], settled: Callable[[Callable[[], bool]], None]) -> int:
    """The process of a container, once it runs."""
    settled(lambda: lines == ["up"] and file.is_file() and bool(file.read_text()))
    return int(file.read_text())


def _is_gone(pid: int) -> bool:
    time.sleep(0.02)
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
