"""The lines of log streams, in one SQLite file: a stream's memory is the same however many lines it has.

What was added is in the file when the call returns, and is not lost with the process; a machine that loses power can
lose the last lines.
"""

from __future__ import annotations

import heapq
import secrets
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, overload

Event = dict[str, Any]

MARK = "lines"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS lines (
    stream INTEGER NOT NULL, place INTEGER NOT NULL, timestamp INTEGER NOT NULL, message TEXT NOT NULL,
    ingested INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY (stream, place)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lines_by_id ON lines (id);
"""
_EVENT = "timestamp, message, ingested, id"
_AT_ONCE = 500  # lines that are read at once


class LogStore:
    """The file, or without a path one in memory. Safe to use from any thread."""

    def __init__(self, path: Path | None) -> None:
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self.connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=NORMAL")
        self.connection.executescript(_SCHEMA)

    def open(self, stream: int | None = None) -> Lines:
        """The lines of a stream by its number, or of a new one."""
        return Lines(self, secrets.randbits(62) if stream is None else stream)

    def rows(self, words: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query answers."""
        with self.lock:
            return self.connection.execute(words, values).fetchall()

    def find(self, event: str) -> tuple[int, Event] | None:
        """A line by the event's ID, with the number of its stream."""
        found = self.rows(f"SELECT stream, {_EVENT} FROM lines WHERE id = ?", event)  # noqa: S608 - our own words
        return (found[0][0], _event(found[0][1:])) if found else None

    def keep_only(self, streams: Collection[int]) -> None:
        """Remove the lines of all other streams."""
        for (stream,) in self.rows("SELECT DISTINCT stream FROM lines"):
            if stream not in streams:
                self.open(stream).clear()


class Lines(Sequence[Event]):
    """The events of one stream, by time; those of one time as they came."""

    def __init__(self, store: LogStore, stream: int) -> None:
        self._store = store
        self.stream = stream
        [(last,)] = store.rows("SELECT max(place) FROM lines WHERE stream = ?", stream)
        self._length = 0 if last is None else last + 1

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, place: int) -> Event: ...

    @overload
    def __getitem__(self, place: slice) -> list[Event]: ...

    def __getitem__(self, place: int | slice) -> Event | list[Event]:
        if isinstance(place, slice):
            start, stop, step = place.indices(self._length)
            return self._read(start, stop)[::step] if step > 0 else [self[each] for each in range(start, stop, step)]
        start = place + self._length if place < 0 else place
        found = self._read(start, start + 1) if 0 <= start < self._length else []
        if not found:
            raise IndexError(place)
        return found[0]

    def __iter__(self) -> Iterator[Event]:
        for start in range(0, self._length, _AT_ONCE):
            yield from self._read(start, start + _AT_ONCE)

    def __deepcopy__(self, _: object) -> dict[str, int]:
        """What stands for the lines in a saved state."""
        return {MARK: self.stream}

    def add(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Add events, each in its place; every one of them has an eventId."""
        added: Iterable[Mapping[str, Any]] = sorted(events, key=itemgetter("timestamp"))
        store = self._store
        with store.lock:
            start = self._length
            first = next(iter(added), {"timestamp": 0})["timestamp"]
            while start and self[start - 1]["timestamp"] > first:
                start = max(0, start - _AT_ONCE)
            later = self._read(start, self._length)
            added = list(heapq.merge(later, added, key=itemgetter("timestamp")))
            store.connection.execute("BEGIN IMMEDIATE")
            try:
                store.connection.execute("DELETE FROM lines WHERE stream = ? AND place >= ?", (self.stream, start))
                store.connection.executemany(
                    "INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?)",
                    ((self.stream, place, *_row(each)) for place, each in enumerate(added, start)),
                )
                store.connection.execute("COMMIT")
            except BaseException:
                if store.connection.in_transaction:
                    store.connection.execute("ROLLBACK")
                raise
            self._length = start + len(added)

    def clear(self) -> None:
        """Remove all lines."""
        self._store.rows("DELETE FROM lines WHERE stream = ?", self.stream)
        self._length = 0

    def _read(self, start: int, stop: int) -> list[Event]:
        words = f"SELECT {_EVENT} FROM lines WHERE stream = ? AND place >= ? AND place < ? ORDER BY place"  # noqa: S608
        return [_event(row) for row in self._store.rows(words, self.stream, start, stop)]


def _row(event: Mapping[str, Any]) -> tuple[int, str, int, str]:
    # JSON can have halves of characters, which no file can.
    message = str(event["message"]).encode(errors="replace").decode()
    return event["timestamp"], message, event["ingestionTime"], event["eventId"]


def _event(row: Sequence[Any]) -> Event:
    return dict(zip(("timestamp", "message", "ingestionTime", "eventId"), row, strict=True))
