"""The Docker engine: whether there is one, and building and pushing with it."""

import shutil
import subprocess
import sys
from pathlib import Path

from seedcode.errors import ImageError
from seedcode.image.content import DOCKERFILE

PLATFORM = "linux/amd64"
# Fixed words, with nothing put into them; what apt says goes to the log.
_LIST_UPGRADABLE = """set -e
apt-get update -qq >&2
names=$(apt-get upgrade --simulate -qq | awk '$1 == "Inst" {print $2}')
test -z "$names" || dpkg-query --show --showformat='${source:Package}\n' $names
"""
_ANSWER_SECONDS = 20
_BUILD_SECONDS = 3600


def has_engine() -> bool:
    """Say whether a Docker engine answers; the client alone builds nothing."""
    program = shutil.which("docker")
    if program is None:
        return False
    command = [program, "version", "--format", "{{.Server.Version}}"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_ANSWER_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def log_in(registry: str, password: str) -> None:
    """Log in with ECR's token of twelve hours; it travels on standard input, where no list of processes shows it."""
    _docker("login", "--username", "AWS", "--password-stdin", registry, given=password)


def build(uri: str, user: int, root: Path) -> None:
    """Build the image under a name. Without provenance it is one manifest, which is what ECR scans."""
    # A layer of an earlier day would lack Debian's fixes since.
    words = ["--platform", PLATFORM, "--provenance=false", "--pull", "--no-cache", "--build-arg", f"RUN_AS={user}"]
    _docker("build", *words, "--file", str(root / DOCKERFILE), "--tag", uri, str(root))


def push(uri: str) -> None:
    """Push the image."""
    _docker("push", uri)


def list_upgradable(uri: str) -> frozenset[str]:
    """Ask an image which of its packages Debian has newer; return the source packages, as ECR's scan names them."""
    words = ["--rm", "--platform", PLATFORM, "--user", "0", "--entrypoint", "sh", uri, "-c", _LIST_UPGRADABLE]
    return frozenset(_docker("run", *words, output=subprocess.PIPE).split())


def _docker(*words: str, given: str | None = None, output: int | None = None) -> str:
    program = shutil.which("docker") or "docker"
    # What Docker says goes to the build's log unless it is wanted; standard output is kept for the image's name.
    done = subprocess.run(
        [program, *words], input=given, text=True, stdout=output or sys.stderr, timeout=_BUILD_SECONDS, check=False
    )
    if done.returncode:
        raise ImageError(f"`docker {words[0]}` ended with {done.returncode}; the lines above say why.")
    return done.stdout or ""
