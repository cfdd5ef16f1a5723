"""Start, stop and look at the local AWS as one background process."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

from localaws.settings import Settings
from localaws.surroundings import kept

_START_SECONDS = 120
_STOP_SECONDS = 20
# A port that nobody listens on refuses at once; on a busy machine an answer may take its time.
_ANSWER_SECONDS = 10
_STATE = (
    *("ministack", "jobs", "endpoints", "repositories", "builds", "mail", "access.jsonl"),
    *("sagemaker.db", "sagemaker.db-wal", "sagemaker.db-shm", "localaws.log"),
)


class ProcessError(RuntimeError):
    """The local AWS did not start or stop; the message says why and what to do."""


def running_pid(settings: Settings) -> int | None:
    """The process id of the running local AWS, or None."""
    try:
        pid = int(settings.pid_file.read_text(encoding="ascii"))
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid if answers(settings) else None


def answers(settings: Settings) -> bool:
    """Whether the endpoint answers."""
    return _health(settings) is not None


def enforces_iam(settings: Settings) -> bool:
    """Whether the local AWS that answers was started with SCONES_ENFORCE_IAM=true."""
    return (_health(settings) or {}).get("auth") == "enabled"


def account(settings: Settings) -> str:
    """Which account the local AWS was last started as: new or existing (SCONES_ACCOUNT)."""
    try:
        return settings.account_file.read_text(encoding="ascii")
    except OSError:
        return "new"


def _health(settings: Settings) -> dict[str, Any] | None:
    try:
        with urllib.request.urlopen(f"{settings.endpoint}/_ministack/health", timeout=_ANSWER_SECONDS) as response:  # noqa: S310
            health: dict[str, Any] | None = json.load(response) if response.status == 200 else None
            return health
    except (urllib.error.URLError, OSError, ValueError):
        return None


def start(settings: Settings) -> bool:
    """Start it in the background and wait until it answers; False where it ran already."""
    if running_pid(settings):
        return False
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    log = settings.home / "localaws.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "localaws"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**kept(os.environ), "SCONES_PORT": str(settings.port), "SCONES_HOME": str(settings.home)},
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            raise ProcessError(f"The local AWS did not start: {''.join(last)} (see {log})")
        # Another local AWS may answer on this port: only our own process counts.
        if running_pid(settings) == process.pid:
            return True
        time.sleep(0.05)
    process.terminate()
    raise ProcessError(f"The local AWS did not answer within {_START_SECONDS} s; see {log}.")


def stop(settings: Settings) -> bool:
    """Stop it and wait until it has ended; False where it was not running."""
    pid = running_pid(settings)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < deadline:
        if not _alive(pid):
            return True
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    from localaws.jobs import container  # noqa: PLC0415 - boto3 is slow to import, and seldom needed here

    # What it had no time to end would go on, and a home that is wiped has no next start that ends it.
    container.kill_left_over(settings.jobs)
    container.kill_left_over(settings.endpoints)
    return True


def wipe(settings: Settings) -> None:
    """Remove all state of a stopped local AWS; what was downloaded or drawn stays."""
    for name in _STATE:
        path = settings.home / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _alive(pid: int) -> bool:
    try:
        # A child of ours that has ended stays in the process table until it is waited for.
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    except ChildProcessError:
        pass
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
