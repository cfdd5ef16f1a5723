"""A model's server: the image's program started as hosting starts it, and asked over HTTP until it is ready."""

from __future__ import annotations

import json
import secrets
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from common.archives import BadArchive, Limits, read_tar, unpack
from localaws.aws import Aws
from localaws.failures import AlgorithmFailure, ClientFailure
from localaws.images.advice import COMMAND
from localaws.images.environments.environment import PRODUCT
from localaws.images.preparing import discard, prepare
from localaws.images.program import Program
from localaws.images.programs import find_program
from localaws.jobs import opt_ml, staging
from localaws.jobs.connections import ANSWER_SECONDS, Connections, LoopConnections
from localaws.jobs.container import Container, base_environment
from localaws.jobs.requirements import parse_packages
from localaws.serving.instance import Reply, ServerGone
from localaws.settings import HOST
from localaws.shapes import Document

_PING_SECONDS = 0.05
_MODEL_LIMITS = Limits(members=10_000, file_bytes=4 << 30, total_bytes=4 << 30)
_LAST_WORDS = 3
_SUBMITTED = "SAGEMAKER_SUBMIT_DIRECTORY"
_PORTS = range(20_000, 32_768)
_given: deque[int] = deque(maxlen=256)  # the last ones, whose servers may not have taken them yet
_giving = threading.Lock()


class ModelServer:
    """The server of one container definition (`Image`, `ModelDataUrl`, `Environment`), with `root` as its /opt/ml.

    Packages of its image that are missing are fetched at once, of which `on_line` is told; raises Interrupted where
    that is given up.
    """

    def __init__(
        self,
        aws: Aws,
        definition: Document,
        root: Path,
        environment: Mapping[str, str],
        on_line: Callable[[str], None],
        given_up: Callable[[], bool],
    ) -> None:
        port = find_free_port()
        self._connections = Connections(port)
        self._in_loop = LoopConnections(port)
        self._words: deque[str] = deque(maxlen=_LAST_WORDS)
        found = find_program(aws.settings.home, definition["Image"], "serve", None, None)
        program = prepare(with_requirements(found, root), root, on_line, given_up)
        self._root = root
        variables = {
            **base_environment(aws.settings, aws.credentials, program),
            **definition.get("Environment", {}),
            **environment,
            "OPT_ML": opt_ml.OPT_ML,
            "SAGEMAKER_BIND_TO_PORT": str(port),
        }
        self._container = Container(aws.settings, root, program, variables)

    def start(self, on_lines: Callable[..., None]) -> None:
        """Start the program; `on_lines` is called with the lines of its output as they come, from another thread."""

        def keep_words(lines: Sequence[str]) -> None:
            self._words += (line.strip() for line in lines if line.strip())
            on_lines(*lines)

        self._container.start(keep_words)

    def wait_ready(self, seconds: float, given_up: Callable[[], bool] = lambda: False) -> None:
        """Wait until /ping answers 200; raises AlgorithmFailure with the program's last words when it never does."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not given_up():
            if self._container.poll() is not None:
                self._container.finish()
                raise AlgorithmFailure(
                    f"the model's server ended before it answered /ping. {self._said()}", self._container.poll() or 0
                )
            if self._pings():
                return
            time.sleep(_PING_SECONDS)
        raise AlgorithmFailure(f"the model's server did not answer /ping within {seconds:g} s. {self._said()}", 0)

    @property
    def running(self) -> bool:
        """Whether the program has not ended."""
        return self._container.poll() is None

    def invoke(self, body: bytes, headers: Mapping[str, str], seconds: float = ANSWER_SECONDS) -> Reply:
        """Ask the model; raises TimeoutError after the seconds, ServerGone where the program has ended."""
        return self._connections.ask("POST", "/invocations", body, headers, seconds)

    async def answer(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Ask the model from the loop that answers the port; raises what `invoke` raises."""
        return await self._in_loop.post("/invocations", body, headers)

    def describe(self) -> Document:
        """What the server says of itself at /execution-parameters; empty where it says nothing."""
        try:
            reply = self._connections.ask("GET", "/execution-parameters", b"", {})
            said = json.loads(reply.body) if reply.status == 200 else {}
        except (TimeoutError, ServerGone, ValueError):
            return {}
        return said if isinstance(said, dict) else {}

    def end(self, grace_seconds: float) -> None:
        """Ask the program to end, make it end after the grace, and read the rest of its output."""
        self._connections.close()
        self._container.terminate(grace_seconds)
        self._container.finish()
        discard(self._root)

    def _pings(self) -> bool:
        try:
            return self._connections.ask("GET", "/ping", b"", {}).status == 200
        except (TimeoutError, ServerGone):
            return False

    def _said(self) -> str:
        return f"It said: {' / '.join(self._words)}" if self._words else "It said nothing"


def unpack_model(aws: Aws, definition: Document, root: Path) -> None:
    """Bring the definition's model from S3 and unpack it into `root`/model, and code of its own into `root`/code.

    AWS refuses an archive with links as well: https://repost.aws/knowledge-center/sagemaker-endpoint-creation-fail.
    """
    (root / "model").mkdir(parents=True, exist_ok=True)
    if "ModelDataUrl" in definition:
        _unpack(aws, definition["ModelDataUrl"], root / "model")
    submitted = definition.get("Environment", {}).get(_SUBMITTED, "")
    if submitted.startswith("s3://"):
        _unpack(aws, submitted, root / "code")


def with_requirements(program: Program, root: Path) -> Program:
    """The program with what a model's code asks for in `requirements.txt`, as the toolkits of AWS's images install it.

    Raises ClientFailure for what is more than names and versions of packages.
    """
    own = program.environment or PRODUCT
    environment = own
    for file in (folder / "requirements.txt" for folder in (root / "model" / "code", root / "code")):
        packages = parse_packages(file.read_text(encoding="utf-8", errors="replace")) if file.is_file() else []
        if packages is None:
            raise ClientFailure(
                "requirements.txt of the model's code has more than names and versions of packages; options of pip "
                "are given to the local AWS in PIP_ variables, addresses and paths to the image by "
                f"`{COMMAND} set IMAGE --packages`."
            )
        environment = environment.with_wheels(packages) if packages else environment
    return replace(program, environment=environment) if environment != own else program


def _unpack(aws: Aws, address: str, target: Path) -> None:
    archive = target.with_name(f"{target.name}.tar.gz")
    staging.download_object(aws.clients.objects, address, archive)
    try:
        with archive.open("rb") as file:
            unpack(read_tar(file, _MODEL_LIMITS), target)
    except BadArchive as error:
        raise ClientFailure(
            f'Failed to extract model data archive for container "container_1" from URL "{address}". Please ensure '
            f"that the object located at the URL is a valid tar.gz archive. It is refused, as {error}."
        ) from error
    finally:
        archive.unlink()


def find_free_port() -> int:
    """A port for a server that takes it some time later, which nothing else is given meanwhile.

    Systems give connections and listeners that name no port one of 32768 and more (Linux) or 49152 and more (macOS):
    a port from there may be in use again before the server has started. Below, only who asks for it has it.
    """
    first = secrets.randbelow(len(_PORTS))  # to shuffle them all takes as long as a request
    for port in chain(_PORTS[first:], _PORTS[:first]):
        with _giving:
            if port in _given:
                continue
            with socket.socket() as probe:
                try:
                    probe.bind((HOST, port))
                except OSError:
                    continue
            _given.append(port)
            return port
    raise ClientFailure(f"There is no free port from {_PORTS.start} to {_PORTS.stop - 1} for the model's server.")
