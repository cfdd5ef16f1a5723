"""boto3's clients for all functions' tests: made once, as moto answers them whenever they were made."""

import os
from collections.abc import Callable, Iterator
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

import boto3
import pytest
from botocore.config import Config


class Sdk:
    """One session's clients by service, and what a test has hooked into them."""

    def __init__(self) -> None:
        self._session = boto3.Session("test", "test", region_name="us-east-1")
        self._made: dict[tuple[str, bool], Any] = {}
        self._hooked: list[tuple[Any, str, Callable[..., Any]]] = []

    def client(self, service: str, *, once: bool = False) -> Any:
        """The client of a service; `once`: it does not try again what was refused."""
        if (service, once) not in self._made:
            retries = {"retries": {"total_max_attempts": 1}} if once else {}
            config = Config(user_agent="tests", **retries)  # which botocore else puts together for each request
            self._made[service, once] = self._session.client(service, config=config)
        return self._made[service, once]

    def hook(self, client: Any, event: str, called: Callable[..., Any], *, first: bool = False) -> None:
        """Let botocore call a function at each event of a client, until the test ends."""
        events = client.meta.events
        (events.register_first if first else events.register)(event, called)
        self._hooked.append((events, event, called))

    def unhook(self) -> None:
        """Take out all that was hooked in."""
        while self._hooked:
            events, event, called = self._hooked.pop()
            events.unregister(event, called)


@pytest.fixture(scope="session")
def sdk_of_session() -> Sdk:
    """The clients that all tests share."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        return Sdk()


@pytest.fixture
def sdk(sdk_of_session: Sdk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sdk]:
    """The shared clients for one test."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    yield sdk_of_session
    sdk_of_session.unhook()
