"""Start, stop and check the local AWS as one background process."""

from __future__ import annotations

import hmac
import http.client
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from localaws import keys
from localaws.environment import SAFE, kept, with_packages
from localaws.neighbours import list_homes
from localaws.platforms import reach_directly
from localaws.settings import HEALTH, HOST, Settings, SettingsError, load_port

_START_SECONDS = 120
_STOP_SECONDS = 20
# A port that nobody listens on refuses at once; on a busy machine an answer may take its time.
_ANSWER_SECONDS = 10
_LONGEST_ANSWER = 4096  # bytes
_STATE = (
    *("ministack", "regions", "jobs", "endpoints", "repositories", "builds", "deployments", "mail", "tmp"),
    *("access.jsonl", "port", "sagemaker.db", "sagemaker.db-wal", "sagemaker.db-shm", "localaws.log"),
)


class ProcessError(RuntimeError):
    """The local AWS did not start or stop; the message says why and what to do."""


class StrangerError(ProcessError):
    """What answers on the port is not this installation's local AWS."""


class OtherPortError(ProcessError):
    """The local AWS of this home runs on another port than the one that was given."""


def running_pid(settings: Settings) -> int | None:
    """The process id of the running local AWS, or None."""
    try:
        pid = int(settings.pid_file.read_text(encoding="ascii"))
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid if answers(settings) else None


def answers(settings: Settings) -> bool:
    """Whether this installation's local AWS answers on its port.

    Raises StrangerError where something else does, and OtherPortError where it runs on another port.
    """
    return _health(settings) is not None


def enforces_iam(settings: Settings) -> bool:
    """Whether the local AWS that answers was started with SCONES_ENFORCE_IAM=true."""
    return (_health(settings) or {}).get("enforces_iam") is True


def is_open(settings: Settings) -> bool:
    """Whether the local AWS that answers was started with SCONES_OPEN=true, and takes any credentials."""
    return (_health(settings) or {}).get("open") is True


def describe_isolation(settings: Settings) -> str:
    """How the local AWS that answers keeps its jobs apart, and why not better."""
    return str((_health(settings) or {}).get("isolation", ""))


def account(settings: Settings) -> str:
    """Which account the local AWS was last started as: new or existing (SCONES_ACCOUNT)."""
    try:
        return settings.account_file.read_text(encoding="ascii")
    except OSError:
        return "new"


def _health(settings: Settings) -> dict[str, Any] | None:
    """Fetch what the local AWS reports; None where nobody answers, StrangerError where it cannot prove the key.

    Nothing but a random number is sent before it has, and the key is not sent at all.
    """
    _check_port(settings)
    return _ask(settings)


def _check_port(settings: Settings) -> None:
    """Raise OtherPortError where the home's local AWS runs on another port: two would share one state."""
    port = load_port(settings.home)
    if port in (None, settings.port):
        return
    with suppress(StrangerError):
        if _ask(replace(settings, port=port)) is not None:
            raise OtherPortError(
                f"The port is {settings.port}, and the local AWS of {settings.home} runs on {port}: leave out "
                f"SCONES_PORT for that one, or name another folder with SCONES_HOME for a second one."
            )


def _ask(settings: Settings) -> dict[str, Any] | None:
    nonce = secrets.token_hex(32)
    said = _fetch(settings, nonce)
    if said is None:
        return None
    health = _verify(settings, nonce, said)
    if health is None:
        raise _describe_stranger(settings)
    return health


def _fetch(settings: Settings, nonce: str) -> bytes | None:
    """What the port answers to a random number; None where nobody listens."""
    connection = http.client.HTTPConnection(HOST, settings.port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", f"{HEALTH}?nonce={nonce}")
        return connection.getresponse().read(_LONGEST_ANSWER)
    except http.client.HTTPException:
        return b""
    except OSError:
        return None
    finally:
        connection.close()


def _verify(settings: Settings, nonce: str, said: bytes) -> dict[str, Any] | None:
    """The answer, where it proves the key of the home; else None."""
    key = keys.load(settings)
    try:
        health: dict[str, Any] = json.loads(said)
        proof = str(health["proof"]).encode()
    except (ValueError, KeyError, TypeError):
        return None
    known = key is not None and hmac.compare_digest(proof, keys.prove(key, settings.port, nonce).encode())
    return health if known else None


def _describe_stranger(settings: Settings) -> StrangerError:
    home = _find_other_home(settings)
    if home is not None:
        return StrangerError(
            f"The local AWS on port {settings.port} is another folder's: its state is in {home}, and the one of this "
            f"folder would be in {settings.home}. Go to {home.parent}, or set SCONES_HOME={home}; for a second one "
            "beside it choose another port with SCONES_PORT."
        )
    return StrangerError(
        f"Something else answers on port {settings.port} of {HOST}: it does not know the key in "
        f"{settings.key_file}, so nothing was sent to it. Where you have started a local AWS in another folder, go "
        "there, or name its state with SCONES_HOME; else stop what answers, or choose another port with SCONES_PORT."
    )


def _find_other_home(settings: Settings) -> Path | None:
    """The home of what answers on the port, where it is another one of this user's that proves its key."""
    for home in list_homes(settings):
        other, nonce = replace(settings, home=home), secrets.token_hex(32)
        with suppress(SettingsError):  # a key that others can read
            said = _fetch(other, nonce)
            if said is not None and _verify(other, nonce, said) is not None:
                return home
    return None


def describe_elsewhere(settings: Settings) -> str | None:
    """What answers on the port instead of this home's local AWS, in words; None where nothing else does."""
    try:
        _health(settings)
    except StrangerError as error:
        return str(error)
    return None


def start(settings: Settings, meanwhile: Callable[[], object] = lambda: None) -> bool:
    """Start it in the background and wait until it answers; False where it ran already.

    `meanwhile` is what the caller has to do anyway, and does while it starts.
    """
    if running_pid(settings):
        return False
    answers(settings)  # another server on the port is an error before anything is started
    keys.ensure(settings)
    log = settings.home / "localaws.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, *SAFE, "-m", "localaws"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=with_packages(kept(os.environ))
            | {"SCONES_PORT": str(settings.port), "SCONES_HOME": str(settings.home)}
            | reach_directly(os.environ),
        )
    meanwhile()
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
            raise ProcessError(f"The local AWS did not start: {''.join(last)} (see {log})")
        # Another local AWS may answer on this port: only our own process counts.
        with suppress(StrangerError):
            if running_pid(settings) == process.pid:
                return True
        time.sleep(0.02)
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
    for region in settings.used_regions():
        container.kill_left_over(region.jobs)
        container.kill_left_over(region.endpoints)
    return True


def has_state(settings: Settings) -> bool:
    """Whether there is anything that a wipe removes."""
    return any((settings.home / name).exists() for name in _STATE)


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
