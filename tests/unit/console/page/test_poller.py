"""The poller: one task a topic, however many ask; the last good value outlives a failure."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from botocore.exceptions import ClientError, EndpointConnectionError

from console.page.poller import Poller, Reading, Topic

PACE = 0.05


class _Source:
    """Answers numbers, or fails where it is told to."""

    def __init__(self) -> None:
        self.calls = 0
        self.error: Exception | None = None

    def read(self) -> int:
        self.calls += 1
        if self.error:
            raise self.error
        return self.calls


def _topic(source: _Source, key: object = "numbers") -> Topic[int]:
    return Topic((key,), source.read, lambda _: 1.0)


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.01)


def _run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        await scenario()

    asyncio.run(bounded())


def test_two_who_ask_cost_no_more_calls_than_one() -> None:
    async def scenario() -> None:
        source, poller = _Source(), Poller(pace=10)
        for _ in range(20):
            poller.ask(_topic(source))
            poller.ask(_topic(source))
            await asyncio.sleep(0.01)
        assert source.calls == 1

    _run(scenario)


def test_a_topic_that_nobody_asks_for_is_not_read_any_more() -> None:
    async def scenario() -> None:
        source, poller = _Source(), Poller(pace=PACE, lease=0.2)
        poller.ask(_topic(source))
        await asyncio.sleep(0.6)
        seen = source.calls
        await asyncio.sleep(0.3)
        assert source.calls == seen > 1

    _run(scenario)


def test_what_was_read_last_is_kept_beside_the_reason_of_a_failure() -> None:
    async def scenario() -> None:
        source, poller, found = _Source(), Poller(pace=PACE), list[Reading[int]]()
        await poller.first(_topic(source), 5)
        source.error = ClientError({"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "ListThings")
        await _until(lambda: found.append(poller.ask(_topic(source))) is None and found[-1].error is not None)
        assert found[-1].value is not None
        assert "ListThings was throttled" in str(found[-1].error)
        source.error = None
        await _until(lambda: found.append(poller.ask(_topic(source))) is None and found[-1].error is None)
        assert found[-1].value == source.calls

    _run(scenario)


def test_pauses_grow_while_aws_is_away() -> None:
    async def scenario() -> None:
        source, poller = _Source(), Poller(pace=PACE)
        source.error = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
        for _ in range(60):
            poller.ask(_topic(source))
            await asyncio.sleep(0.01)
        # At an even pace there would be twelve.
        assert 2 <= source.calls <= 6

    _run(scenario)


def test_what_was_changed_here_is_read_at_once() -> None:
    async def scenario() -> None:
        source, poller = _Source(), Poller(pace=100)
        await poller.first(_topic(source), 5)
        poller.refresh_now("letters")
        await asyncio.sleep(0.3)
        assert source.calls == 1
        poller.refresh_now("numbers")
        await _until(lambda: source.calls == 2)

    _run(scenario)


def test_the_first_look_waits_but_not_for_long() -> None:
    async def scenario() -> None:
        source, poller = _Source(), Poller()
        assert (await poller.first(_topic(source), 5)).value == 1
        slow = Topic(("slow",), lambda: __import__("time").sleep(0.5), lambda _: 1.0)
        assert (await poller.first(slow, 0.05)).number == 0

    _run(scenario)
