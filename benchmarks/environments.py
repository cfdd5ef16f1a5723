"""The peers: each at pinned versions in its own environment under .venv/peers/, created once."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

FOLDER = Path(".venv/peers")
PROGRAMS = Path(__file__).parent / "peers"
PEERS = {
    "metaflow": ("metaflow==2.19.39", "setuptools<81"),
    "kfp": ("kfp==2.16.0", "setuptools<81"),
    "pytorch": ("torch==2.13.0", "numpy==1.26.4", "pillow==11.3.0"),
    "mms": ("multi-model-server==1.1.11", "setuptools<81", "numpy==1.26.4", "mxnet==1.9.1", "pillow==11.3.0"),
}
"""pip's requirements of each peer. A change recreates the environment."""


class PeerError(RuntimeError):
    """A peer cannot be installed or does not run; the message says why."""


def python(peer: str, folder: Path = FOLDER) -> Path:
    """The Python of a peer's environment, created if missing; raises PeerError."""
    home = (folder / peer).absolute()
    mark, wanted = home / "installed", _wanted(peer)
    program = home / "bin" / "python"
    if mark.is_file() and mark.read_text(encoding="ascii") == wanted:
        return program
    print(f"Installing {', '.join(PEERS[peer])} into {home} (once) ...", file=sys.stderr, flush=True)
    _run([sys.executable, "-m", "venv", "--clear", str(home)])
    _run([str(program), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", *PEERS[peer]])
    mark.write_text(wanted, encoding="ascii")
    return program


def version(peer: str) -> str:
    """A peer with the version that is pinned, as tables name it."""
    name, _, number = PEERS[peer][0].partition("==")
    return f"{name} {number}"


def run(peer: str, program: str, *arguments: str, cwd: Path | None = None) -> str:
    """Run a program of `peers/` in the peer's environment; answers what it printed, raises PeerError."""
    return _run([str(python(peer)), str(PROGRAMS / program), *arguments], cwd)


def _wanted(peer: str) -> str:
    return hashlib.sha256("\n".join([*PEERS[peer], sys.version]).encode()).hexdigest()


def _run(command: Sequence[str], cwd: Path | None = None) -> str:
    environment = {**os.environ, "USERNAME": "benchmark"}  # Metaflow refuses to run without a user name
    done = subprocess.run(command, cwd=cwd, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise PeerError(f"`{' '.join(command)}` ended with {done.returncode}: {' / '.join(last)}")
    return done.stdout
