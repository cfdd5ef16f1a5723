"""Deliveries under a role, to clients that note what they were asked, with waits that take no time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from localaws.deliveries import dead_letters, deliveries
from localaws.deliveries.deliveries import KIND, Deliveries
from localaws.deliveries.delivery import Delivery
from localaws.ministack_patches.eventbridge import dead_letters as of_rules
from localaws.ministack_patches.eventbridge.dead_letters import give_up_delivery
from localaws.ministack_patches.service_grants import Refusal

if TYPE_CHECKING:
    from localaws.aws import Aws
    from tests.unit.localaws.conftest import FakeClients

Document = dict[str, Any]


@dataclass
class Service:
    """Any service: notes its calls, and fails as often as it is told."""

    calls: list[tuple[str, Document]] = field(default_factory=list)
    failures: list[tuple[str, int]] = field(default_factory=list)

    def __getattr__(self, operation: str) -> Callable[..., Document]:
        def call(**request: object) -> Document:
            self.calls.append((operation, request))
            if self.failures:
                code, status = self.failures.pop(0)
                answer = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
                raise ClientError(answer, operation)
            return {}

        return call


@dataclass
class Delivering:
    """Delivers to fake services, and waits until a delivery has ended."""

    aws: Aws
    services: dict[str, Service]
    waits: list[float] = field(default_factory=list)

    def deliver(self, target: Document, **more: Any) -> Delivery:
        delivery = Delivery(
            **{
                "source": "arn:aws:scheduler:us-east-1:000000000000:schedule/default/drift",
                "principal": "scheduler.amazonaws.com",
                "target": {"RoleArn": "arn:aws:iam::000000000000:role/scheduler", **target},
                "scheduled": 1_800_000_000.0,
                "began": 1_800_000_001.0,
                "event": {},
                **more,
            }
        )
        Deliveries(self.aws, give_up_delivery).take(delivery)
        self.await_end()
        return delivery

    def await_end(self) -> None:
        deadline = time.monotonic() + 5
        while self.aws.store.all(KIND):
            assert time.monotonic() < deadline, self.aws.store.all(KIND)
            time.sleep(0.005)

    @property
    def dead(self) -> list[Document]:
        """What went into the dead-letter queue: attributes and body."""
        sent = [request for operation, request in self.services["sqs"].calls if operation == "send_message"]
        return [
            {name: item["StringValue"] for name, item in request["MessageAttributes"].items()}
            for request in sent
            if "MessageAttributes" in request
        ]


class Stopping(threading.Event):
    """A wait that takes no time and is noted."""

    def __init__(self, waits: list[float]) -> None:
        super().__init__()
        self._waits = waits

    def wait(self, timeout: float | None = None) -> bool:
        self._waits.append(timeout or 0)
        return self.is_set()


def _replace_queues(monkeypatch: pytest.MonkeyPatch, sqs: Service) -> None:
    """In the place of MiniStack's queues, to which rules' dead letters go: one that ends in `closed` lets nobody in."""
    closed = Refusal("NO_PERMISSIONS", "sqs:SendMessage", "no")

    def send(queue: str, body: str, told: dict[str, str]) -> None:
        sqs.send_message(
            QueueUrl=queue,
            MessageBody=body,
            MessageAttributes={name: {"DataType": "String", "StringValue": text} for name, text in told.items()},
        )

    monkeypatch.setattr(of_rules, "count", lambda *_: None)
    monkeypatch.setattr(of_rules, "find_refusal", lambda _, queue, *__: closed if queue.endswith("closed") else None)
    monkeypatch.setattr(of_rules, "send", send)


@pytest.fixture
def delivering(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Delivering]:
    services = {name: Service() for name in ("lambda", "sqs", "sns", "stepfunctions", "events", "sagemaker")}
    clients: FakeClients = aws.clients  # type: ignore[assignment]
    clients.known.update(services)
    waits: list[float] = []
    monkeypatch.setattr(dead_letters.saving, "save", lambda *_: None)
    _replace_queues(monkeypatch, services["sqs"])
    monkeypatch.setattr(deliveries, "_FIRST_WAIT_SECONDS", 1.0)
    yield Delivering(replace(aws, stopping=Stopping(waits)), services, waits)
