"""A local AWS for a benchmark, on a free port and in a temporary home."""

from __future__ import annotations

import random
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import boto3

from localaws import keys, process
from localaws.keys import Credentials
from localaws.settings import HOST, Settings


class LocalAws:
    """Starts when entered, and leaves nothing behind."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.settings = Settings(port=free_port(), home=Path(self._folder.name))

    def __enter__(self) -> Self:
        process.start(self.settings)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process.stop(self.settings)
        self._folder.cleanup()

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its client classes at run time
        """A boto3 client."""
        return boto3.client(
            service,
            endpoint_url=self.settings.endpoint,
            region_name=self.settings.region,
            aws_access_key_id=self.key.key,
            aws_secret_access_key=self.key.secret,
        )

    @property
    def key(self) -> Credentials:
        """Its access key."""
        return keys.ensure(self.settings)


def free_port(below: int = 65536) -> int:
    """A free port of 127.0.0.1; multi-model-server accepts none from 32767 on."""
    for port in [0] if below > 60000 else random.sample(range(10_000, below), 50):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            found: int = probe.getsockname()[1]
            return found
    raise OSError(f"No port of {HOST} below {below} is free.")
