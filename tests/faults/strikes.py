"""What is killed: the local AWS itself, a job's program, an endpoint's instance, a function's process."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from contextlib import suppress

import psutil

from tests.faults.site import Site, until


def local_aws(site: Site, _: random.Random) -> str:
    """Kill the main process."""
    pid = int((site.laptop.home / "localaws.pid").read_text())
    os.kill(pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=5)
    return f"local AWS {pid}"


def job(site: Site, chance: random.Random) -> str:
    """Kill the program of a running job, if there is one."""
    return _one_of(site, chance, lambda process: _below(process, site.laptop.home / "jobs"), "job")


def instance(site: Site, chance: random.Random) -> str:
    """Kill an instance of the endpoint."""
    return _one_of(site, chance, lambda process: _below(process, site.laptop.home / "endpoints"), "instance")


def worker(site: Site, chance: random.Random) -> str:
    """Kill the process of a Lambda function: a child of the local AWS that is no container."""
    return _one_of(site, chance, lambda process: not _is_of_container(site, process), "worker")


STRIKES: dict[str, Callable[[Site, random.Random], str]] = {
    "local AWS": local_aws,
    "job": job,
    "instance": instance,
    "worker": worker,
}


def workers(site: Site, function: str) -> list[psutil.Process]:
    """The processes of a Lambda function."""
    pid = int((site.laptop.home / "localaws.pid").read_text())
    below = psutil.Process(pid).children(recursive=True)
    return [process for process in below if _own(process).get("AWS_LAMBDA_FUNCTION_NAME") == function]


def _own(process: psutil.Process) -> dict[str, str]:
    try:
        return dict(process.environ())
    except psutil.Error:
        return {}


def environment(process: psutil.Process) -> dict[str, str]:
    """The environment that a program was started with, by a launcher or not; empty if it has ended."""
    found: dict[str, str] = {}
    with suppress(psutil.Error):
        for each in (process, *process.children(recursive=True)):
            found |= each.environ()
    return found


def containers(site: Site, kind: str) -> list[psutil.Process]:
    """All programs of jobs or of instances that run on this machine for this local AWS, whoever started them."""
    return [process for process in psutil.process_iter() if _below(process, site.laptop.home / kind)]


def _one_of(site: Site, chance: random.Random, wanted: Callable[[psutil.Process], bool], kind: str) -> str:
    pid = int((site.laptop.home / "localaws.pid").read_text())

    def found() -> list[int]:
        return sorted(process.pid for process in psutil.Process(pid).children(recursive=True) if wanted(process))

    # Under load one of each comes within moments of the round's random one.
    until(lambda: bool(found()), 3)
    running = found()
    if not running:
        return f"no {kind}"
    chosen = chance.choice(running)
    try:
        os.kill(chosen, signal.SIGKILL)
    except ProcessLookupError:
        return f"no {kind}"
    return f"{kind} {chosen}"


def _is_of_container(site: Site, process: psutil.Process) -> bool:
    """Whether a process is a container's, or runs in the namespaces of one: its launcher works in the directory."""
    homes = [site.laptop.home / "jobs", site.laptop.home / "endpoints"]
    try:
        return any(_below(each, home) for each in (process, *process.parents()) for home in homes)
    except psutil.Error:
        return True


def _below(process: psutil.Process, home: object) -> bool:
    try:
        return str(process.cwd()).startswith(f"{home}/")
    except psutil.Error:
        return False
