"""The servers of a model's containers: one, or up to fifteen that are asked one after the other, or by name.

https://docs.aws.amazon.com/sagemaker/latest/dg/inference-pipelines.html: what a container answers is the next one's
request, with the answer's content type. What the client accepts is said to the last alone; those before it answer as
they do by default (SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from localaws.aws import Aws
from localaws.failures import JobFailure
from localaws.images.pulling import pull
from localaws.jobs.connections import ANSWER_SECONDS
from localaws.jobs.logs import JobLog
from localaws.jobs.model_server import ModelServer, unpack_model
from localaws.serving.instance import Reply
from localaws.shapes import Document

PRIMARY = "primary"


class ContainerFailure(Exception):
    """A container cannot serve: its name, and why."""

    def __init__(self, name: str, failure: JobFailure) -> None:
        super().__init__(str(failure))
        self.name = name
        self.failure = failure


class InferencePipeline:
    """The containers of a model, each with a directory of its own as its /opt/ml: `root`, and others beside it."""

    def __init__(self, aws: Aws, definitions: Sequence[Document], root: Path) -> None:
        self._aws = aws
        self._definitions = definitions
        self._roots = [root, *(root.with_name(f"{root.name}-{number}") for number in range(2, len(definitions) + 1))]
        self.names = list_names(definitions)
        self._servers: list[ModelServer] = []

    @property
    def roots(self) -> Sequence[Path]:
        """The directories of the containers."""
        return self._roots

    def bring(self) -> None:
        """Find the images, and unpack the models; raises ContainerFailure for an image, JobFailure for a model."""
        for name, definition, root in zip(self.names, self._definitions, self._roots, strict=True):
            root.mkdir(parents=True, exist_ok=True)
            try:
                pull(self._aws, definition["Image"])
            except JobFailure as failure:
                raise ContainerFailure(name, failure) from failure
            unpack_model(self._aws, definition, root)

    def start(
        self,
        environment: Mapping[str, str],
        logs: Sequence[JobLog],
        seconds: float,
        given_up: Callable[[], bool],
    ) -> None:
        """Start every server and wait until all answer /ping; raises ContainerFailure for one that does not.

        `logs` has a log for each container.
        """
        for name, definition, root, log in zip(self.names, self._definitions, self._roots, logs, strict=True):
            try:
                server = ModelServer(self._aws, definition, root, environment, log.tell, given_up)
                self._servers.append(server)
                server.start(log.write)
            except JobFailure as failure:
                raise ContainerFailure(name, failure) from failure
        for name, server in zip(self.names, self._servers, strict=True):
            try:
                server.wait_ready(seconds, given_up)
            except JobFailure as failure:
                raise ContainerFailure(name, failure) from failure

    @property
    def running(self) -> bool:
        """Whether every container's program runs."""
        return len(self._servers) == len(self.names) and all(server.running for server in self._servers)

    def describe(self) -> Document:
        """What the one container of a model says at /execution-parameters; AWS asks no pipeline of several."""
        return self._servers[0].describe() if len(self._servers) == 1 else {}

    def invoke(
        self, body: bytes, headers: Mapping[str, str], target: str | None = None, seconds: float = ANSWER_SECONDS
    ) -> Reply:
        """Ask the containers in turn, or the one of a host name; raises TimeoutError and ServerGone.

        The first that does not succeed has the last word.
        """
        chain = _Chain(self._list_asked(target), body, headers)
        for server in chain:
            chain.take(server.invoke(chain.reply.body, chain.headers, seconds))
        return chain.reply

    async def answer(self, body: bytes, headers: Mapping[str, str], target: str | None = None) -> Reply:
        """The same from the loop that answers the port."""
        chain = _Chain(self._list_asked(target), body, headers)
        for server in chain:
            chain.take(await server.answer(chain.reply.body, chain.headers))
        return chain.reply

    def end(self, grace_seconds: float) -> None:
        """Ask the programs to end, the last first, and make them end after the grace."""
        for server in reversed(self._servers):
            server.end(grace_seconds)

    def _list_asked(self, target: str | None) -> list[tuple[str, ModelServer]]:
        servers = zip(self.names, self._servers, strict=True)
        return [(name, server) for name, server in servers if target in (None, name)]


class _Chain:
    """One request on its way through containers: whom to ask next, with what, and what the last one answered."""

    def __init__(self, asked: Sequence[tuple[str, ModelServer]], body: bytes, headers: Mapping[str, str]) -> None:
        self._asked = asked
        self._name = ""
        self.headers = headers
        self.reply = Reply(200, {}, body)

    def __iter__(self) -> Iterator[ModelServer]:
        """The servers, each with its `headers` ready, until one does not succeed."""
        given = self.headers
        for number, (name, server) in enumerate(self._asked, 1):
            self._name = name
            if number > 1:
                given = _without(given, "content-type") | _content_type(self.reply)
            self.headers = given if number == len(self._asked) else _without(given, "accept")
            yield server
            if not 200 <= self.reply.status < 300:
                return

    def take(self, reply: Reply) -> None:
        """Keep what a container answered, as what the next one is asked."""
        self.reply = Reply(reply.status, reply.headers, reply.body, self._name)


def _without(headers: Mapping[str, str], left_out: str) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() != left_out}


def _content_type(reply: Reply) -> dict[str, str]:
    return {name: value for name, value in reply.headers.items() if name == "content-type"}


def list_names(definitions: Sequence[Document]) -> list[str]:
    """What AWS calls a model's containers: `primary`, their host names, or container-1, container-2 and so on."""
    if len(definitions) == 1:
        return [definitions[0].get("ContainerHostname", PRIMARY)]
    return [item.get("ContainerHostname", f"container-{number}") for number, item in enumerate(definitions, 1)]
