"""One running container: a subprocess in a process group of its own, with its output read line by line."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import psutil

from localaws.algorithms.image_classification import replicas
from localaws.environment import PACKAGES
from localaws.failures import ClientFailure
from localaws.images.docker import build_run, remove_container
from localaws.images.program import Program
from localaws.isolation import pip_settings
from localaws.isolation.interpreter import find_user_base
from localaws.isolation.launching import launch
from localaws.isolation.view import HOME, TEMPORARY, View, list_programs_folders
from localaws.jobs import opt_ml, rewriting
from localaws.keys import Credentials
from localaws.platforms import THREAD_VARIABLES, reach_directly
from localaws.redirect import NO_TELEMETRY, with_redirect
from localaws.settings import Settings

# What a program needs of the laptop's environment; nothing else (no real credentials) reaches it.
_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "OPENBLAS_CORETYPE",
    "OPENBLAS_L2_SIZE",
)
_READ_BYTES = 65_536
_PYTHONS = {"python", "python3", "python3.11", "python3.12", "python3.13"}

OnLines = Callable[[Sequence[str]], None]


class Container:
    """A program started as a container is: arguments, environment, and the directory `root` as its /opt/ml."""

    def __init__(self, settings: Settings, root: Path, program: Program, environment: Mapping[str, str]) -> None:
        self._settings = settings
        self._root = root
        self._program = program
        first, *others = program.argv or ("docker",)
        self._argv = [str(program.python) if first in _PYTHONS else first, *others]
        self._environment = dict(environment)
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._ended = threading.Event()

    def start(self, on_lines: OnLines) -> None:
        """Start the program; `on_lines` is called with the lines of its output as they come, from another thread."""
        start = self._start_in_namespaces if self._settings.isolation.namespaces else self._start_with_paths
        if self._program.docker:
            start = self._start_in_docker
        try:
            self._process = start(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except OSError as error:
            raise ClientFailure(f"The program {self._argv[0]} cannot be started: {error.strerror}.") from error
        remember(self._root, self._process.pid)
        self._reader = threading.Thread(target=self._read, args=(on_lines,), daemon=True)
        self._reader.start()
        threading.Thread(target=self._await_end, args=(self._process,), daemon=True).start()

    def poll(self) -> int | None:
        """The exit code, or None while the program runs."""
        return self._process.poll() if self._process else None

    def wait(self, seconds: float) -> int | None:
        """Wait at most `seconds` for the program to end; its exit code, or None while it runs."""
        # Popen.wait with a time limit looks some hundred times a second.
        self._ended.wait(seconds)
        return self.poll()

    def finish(self) -> None:
        """After the program has ended: read the rest of its output and end what it left running."""
        if self._process is not None:
            _signal_group(self._process.pid, signal.SIGKILL)
        if self._reader is not None:
            self._reader.join(timeout=5)
        _file(self._root).unlink(missing_ok=True)
        self._end_in_docker()
        if self._scratch is not None:
            # The kernel takes milliseconds for each folder that was mounted somewhere; nobody waits for it.
            threading.Thread(target=self._scratch.cleanup, name="scratch", daemon=True).start()

    def terminate(self, grace_seconds: float) -> None:
        """Ask the program to end (SIGTERM), and make it end when it has not after the grace."""
        if self._process is None or self._process.poll() is not None:
            return
        _signal_group(self._process.pid, signal.SIGTERM)
        if self.wait(grace_seconds) is None:
            self._end_in_docker()
            _signal_group(self._process.pid, signal.SIGKILL)
            self._ended.wait()

    def _start_in_namespaces(self, **options: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 - Popen's
        """See /opt/ml as it is, a /tmp and a home of its own, and of the rest what the program may read."""
        self._scratch = tempfile.TemporaryDirectory(prefix="job-", ignore_cleanup_errors=True)
        places = {opt_ml.OPT_ML: self._root}
        for target in (TEMPORARY, HOME):
            places[target] = Path(self._scratch.name) / Path(target).name
            places[target].mkdir()
        program, settings = self._program, pip_settings.find_file(os.environ)
        libraries = [Path(name) for name in os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep) if name]
        view = View(
            writable={**places, **{str(folder): folder for folder in program.writable}},
            readable=[
                *list_programs_folders(program.python),
                *program.readable,
                *pip_settings.list_places(os.environ),
                *libraries,
            ],
            fixed={pip_settings.FILE: settings} if settings else {},
            hidden=[self._settings.home],
            directory=program.directory,
        )
        # The directory is how a program is recognized that outlives the local AWS: see kill_left_over.
        return launch(view, self._settings.isolation, self._argv, self._environment, cwd=self._root, **options)

    def _start_with_paths(self, **options: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 - Popen's
        """See this machine as it is, with paths below /opt/ml rewritten to the directory's."""
        rewriting.rewrite_files(self._root)
        below = self._program.directory.startswith(opt_ml.OPT_ML)
        directory = Path(opt_ml.rewrite(self._program.directory, self._root)) if below else self._root
        return subprocess.Popen(
            [opt_ml.rewrite(word, self._root) for word in self._argv],
            cwd=directory,
            env={name: opt_ml.rewrite(value, self._root) for name, value in self._environment.items()},
            start_new_session=True,
            **options,
        )

    def _start_in_docker(self, **options: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401 - Popen's
        """Run the image itself; Docker's client hands signals and output on."""
        if self._program.docker is None:
            raise ClientFailure("The program is no image of Docker's.")
        run = build_run(self._program.docker, self._root, self._environment)
        # A `kill -9` of the local AWS leaves the container, which the next one finds by this file.
        _file(self._root, "docker").touch()
        return subprocess.Popen(run.words, cwd=self._root, env=run.environment, start_new_session=True, **options)

    def _end_in_docker(self) -> None:
        if self._program.docker:
            remove_container(self._root)
            _file(self._root, "docker").unlink(missing_ok=True)

    def _await_end(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        self._ended.set()

    def _read(self, on_lines: OnLines) -> None:
        if self._process is None or self._process.stdout is None:
            return
        begun: list[bytes] = []  # a line whose end has not come
        with self._process.stdout as output:
            while read := cast("io.BufferedReader", output).read1(_READ_BYTES):
                whole, newline, rest = read.rpartition(b"\n")
                if newline:
                    on_lines(_split(b"".join((*begun, whole))))
                    begun = []
                begun.append(rest)
        if any(begun):
            on_lines(_split(b"".join(begun)))


def _split(output: bytes) -> list[str]:
    """The lines of whole ones; only a newline ends a line."""
    return [line.decode("utf-8", errors="replace").rstrip("\r\n") for line in output.split(b"\n")]


def base_environment(settings: Settings, credentials: Credentials, program: Program) -> dict[str, str]:
    """What every container has: the local AWS as its AWS, what trains and on how many cores, one numeric thread."""
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    passed["PATH"] = os.pathsep.join([str(program.python.parent), passed.get("PATH", os.defpath)])
    if settings.isolation.namespaces:
        # As root of a user namespace, GNU tar would give files to users that there are not.
        passed |= {"HOME": HOME, "TMPDIR": TEMPORARY, "TAR_OPTIONS": "--no-same-owner"}
        passed |= pip_settings.list_variables(os.environ)
        if base := find_user_base():
            passed["PYTHONUSERBASE"] = str(base)
    return {
        **passed,
        "AWS_ENDPOINT_URL": settings.endpoint,
        **credentials.environment,
        "AWS_REGION": settings.region,
        "AWS_DEFAULT_REGION": settings.region,
        "SCONES_ENGINE": settings.engine,
        replicas.VARIABLE: str(settings.training_cores),
        **dict.fromkeys(THREAD_VARIABLES, os.environ.get("OMP_NUM_THREADS", "1")),
        **reach_directly({}),
        "PYTHONUNBUFFERED": "1",
        # The programs that ship with this project are found from any directory.
        "PYTHONPATH": with_redirect(PACKAGES),
        **NO_TELEMETRY,
        **program.variables,
    }


def kill_left_over(jobs: Path) -> None:
    """End containers that outlived the process that started them (`kill -9` of the local AWS)."""
    for file in jobs.glob("*/pid.*"):
        try:
            pid, started = file.read_text(encoding="ascii").split()
            if abs(psutil.Process(int(pid)).create_time() - float(started)) < 1:
                _signal_group(int(pid), signal.SIGKILL)
        except (ValueError, psutil.NoSuchProcess):
            # The file was being written at the `kill -9`, or its program has ended.
            pass
        file.unlink()
    for file in jobs.glob("*/docker.*"):
        remove_container(file.with_name(file.name.removeprefix("docker.")))
        file.unlink()
    for leader in _working_below(jobs):
        _signal_group(leader, signal.SIGKILL)


def _working_below(directory: Path) -> list[int]:
    """Leaders of groups that work in a container's directory: those that no file names.

    A `kill -9` between a program's start and its file, or a clock that was set since, leaves such.
    """
    found, home = [], f"{directory.resolve()}/"
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if f"{process.cwd()}/".startswith(home) and os.getpgid(process.pid) == process.pid:
                found.append(process.pid)
    return found


def remember(root: Path, pid: int) -> None:
    """Write the leader of a process group beside its folder, where `kill_left_over` finds it, and it does not."""
    # The start time distinguishes our process from a later one that was given the same number.
    _file(root).write_text(f"{pid} {psutil.Process(pid).create_time()}", encoding="ascii")


def _file(root: Path, kind: str = "pid") -> Path:
    return root.with_name(f"{kind}.{root.name}")


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return
