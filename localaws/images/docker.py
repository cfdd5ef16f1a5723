"""Runs an image itself by Docker, for who asks for that in images.json and has it: AWS's mounts, user and environment.

What SageMaker gives a container is in https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-dockerfile.html
and .../your-algorithms-inference-code.html: `train` or `serve` as the argument, /opt/ml, and a server on port 8080.
The container runs as the local AWS's own user and not as root, who could write what the user cannot remove, and may
gain no privileges.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from localaws.failures import ClientFailure
from localaws.images.advice import COMMAND
from localaws.platforms import reach_from_docker

_SECONDS = 20
_KNOWN_SECONDS = 60  # how long an answer of Docker's is taken for granted
_PORT = 8080
_BOUND = "SAGEMAKER_BIND_TO_PORT"
_ENDPOINT = "AWS_ENDPOINT_URL"
# These say where things are on this machine; in the image they are elsewhere.
_OF_THE_MACHINE = {
    *("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONPATH", "PYTHONNOUSERSITE", "TAR_OPTIONS"),
    *("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "PIP_CONFIG_FILE", "PYTHONUSERBASE"),
}
_OF_THE_CLIENT = (
    "PATH",
    "HOME",
    "XDG_RUNTIME_DIR",
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "DOCKER_CONFIG",
    "DOCKER_CERT_PATH",
)


@dataclass(frozen=True)
class DockerImage:
    """An image with what is called in it: its own entry point where none is given."""

    uri: str
    entrypoint: tuple[str, ...]
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class DockerRun:
    """A command that runs a container to its end, and the client's environment with what the container gets of it."""

    name: str
    words: list[str]
    environment: dict[str, str]


def build_image(
    image: str, verb: str, entrypoint: Sequence[str] | None, arguments: Sequence[str] | None
) -> DockerImage:
    """What is called in an image; raises ClientFailure with a sentence where no Docker answers.

    A processing job's image without an entry point gets its arguments alone, any other `train` or `serve`.
    """
    _check_docker(image)
    given = tuple(arguments or ())
    called = given if entrypoint or verb == "process" else given or (verb,)
    return DockerImage(image, tuple(entrypoint or ()), called)


def build_run(image: DockerImage, root: Path, environment: Mapping[str, str]) -> DockerRun:
    """The command that runs an image with `root` as its /opt/ml.

    Where `environment` binds a server to a port, that is the container's 8080 on this machine. Values are handed on in
    the client's environment, as everybody may read a command's words.
    """
    given = {name: value for name, value in environment.items() if name not in _OF_THE_MACHINE}
    port = given.pop(_BOUND, None)
    network, endpoint = reach_from_docker(given.get(_ENDPOINT, ""))
    if _ENDPOINT in given:
        given[_ENDPOINT] = endpoint
    name = name_container(root)
    words = ["docker", "run", "--rm", "--name", name, "--volume", f"{root.resolve()}:/opt/ml"]
    words += ["--security-opt", "no-new-privileges", "--user", f"{os.getuid()}:{os.getgid()}"]
    words += ["--publish", f"127.0.0.1:{port}:{_PORT}"] if port else network
    for variable in sorted(given):
        words += ["--env", variable]
    # Of the user that it runs as the image knows no home.
    words += ["--env", "HOME=/tmp"]
    if image.entrypoint:
        words += ["--entrypoint", image.entrypoint[0]]
    words += [image.uri, *image.entrypoint[1:], *image.arguments]
    client = {variable: os.environ[variable] for variable in _OF_THE_CLIENT if variable in os.environ}
    return DockerRun(name, words, {**client, **given})


def name_container(root: Path) -> str:
    """The name of the container whose /opt/ml is `root`."""
    return f"scones-{hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:20]}"


def remove_container(root: Path) -> None:
    """End and remove the container of a directory, where there is one: Docker's client may die without it."""
    words = ["docker", "rm", "--force", name_container(root)]
    try:
        subprocess.run(words, capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        # There is no Docker any more, and so no container.
        return


_answered: dict[str, float] = {}


def _check_docker(image: str) -> None:
    if time.monotonic() - _answered.get("at", -_KNOWN_SECONDS) < _KNOWN_SECONDS:
        return
    found = shutil.which("docker")
    try:
        words = ["docker", "version", "--format", "{{.Server.Version}}"]
        answers = found and not subprocess.run(words, capture_output=True, timeout=_SECONDS, check=False).returncode
    except (OSError, subprocess.TimeoutExpired):
        answers = False
    if not answers:
        raise ClientFailure(
            f"The image {image} is set to be run by Docker, which {'does not answer' if found else 'is not'} here; "
            f"start it, or name packages or a program for the image with `{COMMAND} set`."
        )
    _answered["at"] = time.monotonic()
