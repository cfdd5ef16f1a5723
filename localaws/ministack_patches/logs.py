"""CloudWatch Logs: MiniStack keeps each line twice in memory, and writes all of them with each save of its state.

Here the lines lie in a file (localaws/ministack/log_lines.py), and the state has the number by which they are found
there. MiniStack reads them as the list that it has made of them before. A state that was saved with its lines, by an
earlier version, gives them to the file when it is loaded.
"""

from __future__ import annotations

import itertools
import logging
import sqlite3
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from ministack.services import cloudwatch_logs

from localaws.aws import Aws
from localaws.ministack.log_lines import MARK, Lines, LogStore
from localaws.ministack.patching import Patch

logger = logging.getLogger(__name__)

Document = dict[str, Any]
_BY_TIME = itemgetter("timestamp")
_numbers = itertools.count()


def patch(aws: Aws) -> Patch:
    """Keep lines in the home's file."""
    return build_patch(LogStore(aws.settings.home / "ministack" / "logs.db"))


def build_patch(store: LogStore) -> Patch:
    """Keep lines in a file."""
    keeper = _Keeper(store)
    return Patch(
        replaces={
            cloudwatch_logs: {
                "_append_log_events": lambda _: keeper.append,
                "_collect_query_records": lambda _: keeper.list_records,
                "_forget_log_records_for_group": lambda _: keeper.forget_group,
                "_forget_log_records_for_stream": lambda _: keeper.forget_stream,
                "_log_records": lambda _: _Records(store),
                "_restore_state": keeper.restoring,
            }
        },
        reads={cloudwatch_logs: ("_build_log_record", "_log_events_lock", "_log_groups")},
    )


class _Keeper:
    """What MiniStack does with lines, on those of the file."""

    def __init__(self, store: LogStore) -> None:
        self._store = store

    def append(self, stream: Document, events: Sequence[Document]) -> None:
        """Add events to a stream; each gets an ID, as each has one on AWS."""
        if not events:
            return
        for event in events:
            event["eventId"] = _make_id()
        times = [event["timestamp"] for event in events]
        with cloudwatch_logs._log_events_lock:
            try:
                self._keep(stream).add(events)
            except sqlite3.OperationalError as error:
                # A full disk. What a job says goes on in its own file, and nothing fails for want of a log.
                logger.error("%d lines of a log were lost: %s", len(events), error)
                return
            known = [stream[name] for name in ("firstEventTimestamp", "lastEventTimestamp") if stream[name] is not None]
            stream["firstEventTimestamp"], stream["lastEventTimestamp"] = min(times + known), max(times + known)
            stream["lastIngestionTime"] = events[-1]["ingestionTime"]

    def _keep(self, stream: Document) -> Lines:
        """A stream's lines in the file, where they are brought if they are not there yet."""
        found = stream["events"]
        if not isinstance(found, Lines):
            stream["events"] = self._store.open()
            stream["events"].add({"eventId": _make_id(), **event} for event in found)
        lines: Lines = stream["events"]
        return lines

    def restoring(self, restore: Callable[[Document], None]) -> Callable[[Document], None]:
        """Load a saved state: its marks stand for lines, of which the file may have more than when it was saved."""

        def restore_with_lines(data: Document) -> None:
            streams = [stream for group in _list_groups(data) for stream in group.get("streams", {}).values()]
            kept: set[int] = set()
            for stream in streams:
                found = stream["events"]
                if isinstance(found, Mapping):
                    stream["events"] = self._store.open(found[MARK])
                lines = self._keep(stream)
                kept.add(lines.stream)
                if lines:
                    stream["firstEventTimestamp"] = lines[0]["timestamp"]
                    stream["lastEventTimestamp"] = lines[-1]["timestamp"]
            opened = [stream["events"] for stream in streams]
            for stream in streams:
                stream["events"] = []  # of which MiniStack makes a list
            restore({**data, "log_records": {}})
            for stream, lines in zip(streams, opened, strict=True):
                stream["events"] = lines
            self._store.keep_only(kept)

        return restore_with_lines

    def forget_group(self, group: str) -> None:
        """Remove the lines of a group that is deleted."""
        for stream in cloudwatch_logs._log_groups[group]["streams"]:
            self.forget_stream(group, stream)

    def forget_stream(self, group: str, stream: str) -> None:
        """Remove the lines of a stream that is deleted."""
        lines = cloudwatch_logs._log_groups[group]["streams"][stream]["events"]
        if isinstance(lines, Lines):
            lines.clear()

    def list_records(self, groups: Iterable[str], start: float, end: float) -> list[Document]:
        """The records of groups between two times in seconds since the epoch, by time."""
        found = [
            _build_record(event, group, name)
            for group in groups
            for name, stream in (cloudwatch_logs._log_groups.get(group) or {}).get("streams", {}).items()
            for event in _between(stream["events"], int(start) * 1000, int(end) * 1000)
        ]
        return sorted(found, key=itemgetter("_timestamp_ms"))


class _Records(dict[str, Document]):
    """Finds a line by the pointer that a query answered; there is nothing to keep."""

    def __init__(self, store: LogStore) -> None:
        super().__init__()
        self._store = store

    def __setitem__(self, _: str, __: Document) -> None:
        """Keep nothing: the line is in the file."""

    def __deepcopy__(self, _: object) -> Document:
        return {}

    def get(self, pointer: str, _: object = None) -> Document | None:  # type: ignore[override]
        """The record of a line."""
        found = self._store.find(pointer)
        for group, details in cloudwatch_logs._log_groups.items() if found else ():
            for name, stream in details["streams"].items():
                if found and isinstance(stream["events"], Lines) and stream["events"].stream == found[0]:
                    return _build_record(found[1], group, name)
        return None


def _make_id() -> str:
    """An event's ID, digits as on AWS, and later than all before it.

    What comes after another lies beside it in the file's index. Random ones, as MiniStack's, are a page of it each,
    and a page is what is written.
    """
    return f"{time.time_ns():020}{next(_numbers):012}"


def _list_groups(data: Document) -> Iterator[Document]:
    groups = data.get("log_groups")
    yield from (group for _, group in groups.all_items()) if groups else ()


def _between(events: Sequence[Document], start: int, end: int) -> Sequence[Document]:
    return events[bisect_left(events, start, key=_BY_TIME) : bisect_right(events, end, key=_BY_TIME)]


def _build_record(event: Document, group: str, stream: str) -> Document:
    record: Document = cloudwatch_logs._build_log_record(
        ptr=event["eventId"],
        timestamp_ms=event["timestamp"],
        message=event["message"],
        log_group=group,
        log_stream=stream,
    )
    return record
