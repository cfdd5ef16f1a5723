"""Events: delivered in order, at least once, whatever the process or a target does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from localaws.events import Events
from localaws.store import Store, StoreError

Settled = Callable[[Callable[[], bool]], None]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "state.db")
    yield made
    made.close()


class Bus:
    """Takes events as EventBridge does; `broken` ones it refuses."""

    def __init__(self) -> None:
        self.taken: list[int] = []
        self.events: list[dict[str, Any]] = []
        self.broken: set[int] = set()

    def take(self, event: dict[str, Any]) -> None:
        number = json.loads(event["Detail"])["n"]
        if number in self.broken:
            raise RuntimeError("the target is broken")
        self.taken.append(number)
        self.events.append(event)


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def events(store: Store, bus: Bus) -> Iterator[Events]:
    made = Events(store, bus.take)
    yield made
    made.close()


def test_an_event_has_eventbridge_s_members(events: Events, bus: Bus, settled: Settled) -> None:
    events.start()
    events.send("SageMaker Something", {"n": 1}, ["arn:one"])
    settled(lambda: bus.taken == [1])
    assert bus.events == [
        {
            "Source": "aws.sagemaker",
            "DetailType": "SageMaker Something",
            "Detail": '{"n": 1}',
            "Resources": ["arn:one"],
        }
    ]


def test_many_events_come_in_order_and_leave_the_outbox(
    events: Events, bus: Bus, store: Store, settled: Settled
) -> None:
    store._connection.execute("PRAGMA synchronous=OFF")
    events.start()
    for number in range(120):
        events.send("kind", {"n": number}, [])
    settled(lambda: store.outbox() == [])
    assert bus.taken == list(range(120))


def test_what_an_earlier_process_left_over_is_delivered_first(
    store: Store, events: Events, bus: Bus, settled: Settled
) -> None:
    Events(store, bus.take).send("kind", {"n": 1}, [])
    events.start()
    events.send("kind", {"n": 2}, [])
    settled(lambda: bus.taken == [1, 2])


def test_a_crash_between_delivery_and_its_note_repeats_the_event(
    store: Store, events: Events, bus: Bus, settled: Settled
) -> None:
    crashing = Events(store, bus.take)
    crashing.send("kind", {"n": 1}, [])
    crashing._drain()
    assert bus.taken == [1]
    events.start()
    settled(lambda: bus.taken == [1, 1])


def test_that_an_event_is_delivered_is_noted_with_the_next_one(store: Store, bus: Bus) -> None:
    noting = Events(store, bus.take)
    noting.send("kind", {"n": 1}, [])
    noting._drain()
    noting.send("kind", {"n": 2}, [])
    assert [json.loads(event["Detail"])["n"] for _, event in store.outbox()] == [2]


def test_an_event_that_is_refused_does_not_hold_up_those_behind_it(events: Events, bus: Bus, settled: Settled) -> None:
    bus.broken = {1}
    for number in range(3):
        events.send("kind", {"n": number}, [])
    events.start()
    settled(lambda: bus.taken == [0, 2])


def test_an_event_of_a_transaction_that_failed_is_never_sent(store: Store, events: Events) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        events.send("kind", {"n": 1}, [])
        raise RuntimeError
    assert store.outbox() == []


def test_after_closing_events_wait_for_the_next_start(store: Store, bus: Bus, settled: Settled) -> None:
    arrived, go = threading.Event(), threading.Event()

    def slow(event: dict[str, Any]) -> None:
        arrived.set()
        assert go.wait(5)
        bus.take(event)

    closing = Events(store, slow)
    closing.start()
    closing.send("kind", {"n": 1}, [])
    assert arrived.wait(5)
    closing.send("kind", {"n": 2}, [])
    threading.Timer(0.05, go.set).start()
    closing.close()
    assert bus.taken == [1]
    again = Events(store, bus.take)
    again.start()
    settled(lambda: bus.taken == [1, 2])
    again.close()


def test_while_the_disk_is_full_an_event_is_delivered_and_leaves_the_outbox_later(
    store: Store, bus: Bus, settled: Settled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("localaws.events.RETRY_SECONDS", 0.01)
    events = Events(store, bus.take)
    events.send("SageMaker Something", {"n": 1}, [])
    take_out, full = store.delivered, [True, True]

    def delivered(last: int) -> None:
        if full:
            full.pop()
            raise StoreError("The state file could not be written.")
        take_out(last)

    monkeypatch.setattr(store, "delivered", delivered)
    events.start()
    settled(lambda: store.outbox() == [])
    assert not full
    events.send("SageMaker Something", {"n": 2}, [])
    settled(lambda: bus.taken == [1, 2])
    events.close()
