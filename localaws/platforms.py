"""What differs between Linux and macOS, the two systems that the project runs on.

No other module of the product asks for what only one of them has: tests/contract/test_platforms.py reads every source.
"""

from __future__ import annotations

import os
import resource
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

_OPEN_FILES = 10_240  # macOS takes no more, and begins with 256; Linux begins with 1,024 or more
_LOOPBACK = ("127.0.0.1", "localhost")
_PROXIED = ("http", "https")

THREAD_VARIABLES = ("OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""How many threads numerical libraries take; numpy's wheel for Apple Silicon computes with Apple's own library."""

FIRST_PYTHON = b"#!/usr/bin/env python3\n"
"""The first line of a script that runs with the Python that is first on PATH."""


def find_cache() -> Path:
    """Where a user's programs keep what can be fetched again; a folder of ours in it may not be there yet."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "scones"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "scones"


def reach_from_docker(endpoint: str) -> tuple[list[str], str]:
    """How a container of Docker's reaches the local AWS: words of `docker run`, and the address that it asks.

    Linux's Docker shares the machine's network with a container. On macOS containers run in a virtual machine, whose
    name for the machine leads also to what listens on the loopback address alone
    (https://docs.docker.com/desktop/features/networking/).
    """
    if sys.platform == "darwin":
        return [], endpoint.replace("127.0.0.1", "host.docker.internal")
    return ["--network", "host"], endpoint


def count_usable_cores() -> int:
    """Count the cores that this process may run on; macOS ties no process to some of them."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def raise_open_files() -> None:
    """Let this process, and those that it starts, have as many files and connections open as both systems allow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def is_case_sensitive(folder: Path) -> bool:
    """Whether a folder keeps `a` and `A` apart, which most Macs' disks do not."""
    probe = folder / f"case-{secrets.token_hex(8)}"
    probe.touch(exist_ok=False)
    try:
        return not probe.with_name(probe.name.upper()).exists()
    finally:
        probe.unlink()


def can_fork() -> bool:
    """Whether a process that has imported libraries can go on as a copy; Apple's frameworks end such a one."""
    return sys.platform != "darwin"


def fork() -> int:
    """Copy this process, where `can_fork`: 0 in the copy, and the copy's process id in this one."""
    return os.fork()


def reach_directly(given: Mapping[str, str]) -> dict[str, str]:
    """The variable by which SDKs take no proxy to this machine, to which macOS's settings would lead them otherwise."""
    named = given.get("no_proxy", given.get("NO_PROXY", ""))
    hosts = [host for host in named.split(",") if host]
    return {"no_proxy": ",".join([*hosts, *(host for host in _LOOPBACK if host not in hosts)])}


def find_proxies() -> dict[str, str]:
    """The proxies of macOS's settings as variables: Python reads the settings only where no variable is there."""
    if sys.platform != "darwin":
        return {}
    import urllib.request  # noqa: PLC0415 - slow, and for Macs alone

    return {f"{kind}_proxy": address for kind, address in urllib.request.getproxies().items() if kind in _PROXIED}


def has_namespaces() -> bool:
    """Whether the system has user and mount namespaces; whether its kernel lets us have them, only a try can tell."""
    return sys.platform == "linux"
