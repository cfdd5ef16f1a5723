"""The servers of a model's containers: one, or up to fifteen that are asked one after the other, or by name.

https://docs.aws.amazon.com/sagemaker/latest/dg/inference-pipelines.html: what a container answers is the next one's
request, with the answer's content type. What the client accepts is said to the last alone; those before it answer as
they do by default (SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from localaws.aws import Aws
from localaws.failures import JobFailure
from localaws.images.pulling import pull
from localaws.jobs.logs import JobLog
from localaws.jobs.model_server import ANSWER_SECONDS, ModelServer, unpack_model
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
        self,
        body: bytes,
        headers: Mapping[str, str],
        target: str | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> Reply:
        """Ask the containers in turn, or the one of a host name; raises TimeoutError and ServerGone.

        The first that does not succeed has the last word.
        """
        asked = [*zip(self.names, self._servers, strict=True)]
        if target is not None:
            asked = [(name, server) for name, server in asked if name == target]
        passed = dict(headers)
        accept = {name: passed.pop(name) for name in list(passed) if name.lower() == "accept"}
        reply = Reply(200, {}, body)
        for number, (name, server) in enumerate(asked, 1):
            last = number == len(asked)
            answer = server.invoke(reply.body, {**passed, **(accept if last else {})}, seconds)
            reply = replace(answer, container=name)
            if not 200 <= reply.status < 300:
                break
            passed = {key: value for key, value in passed.items() if key.lower() != "content-type"}
            if "content-type" in reply.headers:
                passed["content-type"] = reply.headers["content-type"]
        return reply

    def end(self, grace_seconds: float) -> None:
        """Ask the programs to end, the last first, and make them end after the grace."""
        for server in reversed(self._servers):
            server.end(grace_seconds)


def list_names(definitions: Sequence[Document]) -> list[str]:
    """What AWS calls a model's containers: `primary`, their host names, or container-1, container-2 and so on."""
    if len(definitions) == 1:
        return [definitions[0].get("ContainerHostname", PRIMARY)]
    return [item.get("ContainerHostname", f"container-{number}") for number, item in enumerate(definitions, 1)]
