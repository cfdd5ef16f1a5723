"""A generator that works ahead gives what it would give alone, errors included, and leaves no thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from processing.ahead import work_ahead


def _threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name == "work-ahead"]


def test_all_items_come_in_their_order() -> None:
    assert list(work_ahead(iter(range(1000)), 3)) == list(range(1000))
    assert list(work_ahead(iter([None, 0, ""]))) == [None, 0, ""]
    assert not _threads()


def test_an_error_is_raised_after_what_came_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise KeyError("two")

    ahead = work_ahead(broken())
    assert next(ahead) == 1
    with pytest.raises(KeyError, match="two"):
        next(ahead)
    assert not _threads()


def test_no_more_is_made_than_was_asked_for() -> None:
    made: list[int] = []

    def counted() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    with closing(work_ahead(counted(), 2)) as ahead:
        assert next(ahead) == 0
        deadline = threading.Event()
        deadline.wait(0.05)
        assert len(made) <= 4  # the one that was read, two that wait and one that cannot be put
    assert not _threads()


def test_a_reader_that_stops_ends_the_thread_where_it_waits() -> None:
    with pytest.raises(ZeroDivisionError), closing(work_ahead(iter(range(1_000_000)))) as ahead:
        for number in ahead:
            _ = 1 // (5 - number)
    assert not _threads()
