"""The clients that the page's readers share, and what of their answers can be kept."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from botocore.config import Config

from console.target import Target
from localaws.process import answers
from pipelines.settings import Settings

T = TypeVar("T")

# A page must not hang on a call: the poller retries.
_CONFIG = Config(
    connect_timeout=3, read_timeout=20, retries={"mode": "standard", "max_attempts": 2}, max_pool_connections=20
)
_KEPT = 12_000
_PROJECT = ("project",)


@dataclass(frozen=True, eq=False)
class Source(Target):
    """A target whose clients are made once, with a memory for answers that never change."""

    _clients: dict[str, Any] = field(default_factory=dict)
    _memory: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def project(self) -> Settings:
        """What the stack knows, read once; the names that follow from the project while a local AWS is down.

        The page recovers when it is up: the names do not change while a stack exists.
        """
        if self.local and not self.knows(_PROJECT) and not answers(self.local):
            return Settings.from_environment(os.environ)
        return self.once(_PROJECT, lambda: super(Source, self).project)

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its client classes at run time
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._make(service)
            return self._clients[service]

    def _make(self, service: str) -> Any:  # noqa: ANN401
        import boto3

        return boto3.client(service, region_name=Settings.from_environment(os.environ).region, config=_CONFIG)

    def once(self, key: Hashable, read: Callable[[], T], keep: Callable[[T], bool] = lambda _: True) -> T:
        """Read something that never changes once; `keep` says of an answer whether that is so already."""
        with self._lock:
            if key in self._memory:
                self._memory.move_to_end(key)
                known: T = self._memory[key]
                return known
        value = read()
        if keep(value):
            with self._lock:
                self._memory[key] = value
                while len(self._memory) > _KEPT:
                    self._memory.popitem(last=False)
        return value

    def knows(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._memory
