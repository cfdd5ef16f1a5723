"""CloudWatch Logs with lines in a file: the same answers, little memory, and nothing lost with the process."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ministack.core import persistence
from ministack.services import cloudwatch_logs

from localaws.ministack.log_lines import Lines, LogStore
from localaws.ministack_patches import logs

STREAM = {"logGroupName": "/jobs", "logStreamName": "one"}
Document = dict[str, Any]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LogStore]:
    made = LogStore(tmp_path / "logs.db")
    logs.build_patch(made).apply(enforced=False, put=monkeypatch.setattr)
    call("_create_log_group", logGroupName="/jobs")
    call("_create_log_stream", **STREAM)
    yield made
    cloudwatch_logs.reset()


def call(operation: str, **request: object) -> Document:
    status, _, body = getattr(cloudwatch_logs, operation)(request)
    answer: Document = json.loads(body) if body else {}
    assert status == 200, answer
    return answer


def put(*lines: tuple[int, str]) -> None:
    call("_put_log_events", **STREAM, logEvents=[{"timestamp": at, "message": said} for at, said in lines])


def read(**request: object) -> list[str]:
    return [event["message"] for event in call("_get_log_events", **STREAM, startFromHead=True, **request)["events"]]


def restart(store: LogStore, path: Path, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    """Forget all and load a saved state, as a new process does."""
    store.connection.close()
    cloudwatch_logs.reset()
    monkeypatch.undo()
    logs.build_patch(LogStore(path / "logs.db")).apply(enforced=False, put=monkeypatch.setattr)
    cloudwatch_logs.load_persisted_state(json.loads(state, object_hook=persistence._json_object_hook))


def saved() -> str:
    return json.dumps(cloudwatch_logs.get_state(), default=persistence._json_default)


def test_lines_are_read_in_pages_and_between_times(store: LogStore) -> None:
    put(*((number, f"line {number}") for number in range(1_200)))
    assert read(limit=2) == ["line 0", "line 1"]
    assert read(startTime=5, endTime=7) == ["line 5", "line 6"]
    first = call("_get_log_events", **STREAM, limit=700)
    assert first["events"][0]["message"] == "line 500"
    again = call("_get_log_events", **STREAM, limit=700, nextToken=first["nextBackwardToken"])
    assert [again["events"][0]["message"], again["events"][-1]["message"]] == ["line 0", "line 499"]
    found = call("_filter_log_events", logGroupName="/jobs", filterPattern="1199")["events"]
    assert [event["message"] for event in found] == ["line 1199"]


def test_lines_that_come_late_find_their_place(store: LogStore) -> None:
    put((10, "ten"), (30, "thirty"))
    put((20, "twenty"), (5, "five"), (30, "thirty again"))
    assert read() == ["five", "ten", "twenty", "thirty", "thirty again"]
    [stream] = call("_describe_log_streams", logGroupName="/jobs")["logStreams"]
    assert (stream["firstEventTimestamp"], stream["lastEventTimestamp"]) == (5, 30)


def test_a_query_finds_lines_and_the_record_of_each(store: LogStore) -> None:
    put((1_000, "early"), (2_000, "wanted"), (9_000, "late"))
    [record] = cloudwatch_logs._collect_query_records(["/jobs"], 2, 3)
    assert (record["@message"], record["@logStream"], record["@log"]) == ("wanted", "one", "/jobs")
    assert call("_get_log_record", logRecordPointer=record["@ptr"])["logRecord"]["@message"] == "wanted"


def test_neither_memory_nor_state_has_lines(store: LogStore) -> None:
    put((1, "a line that is nowhere else"))
    assert isinstance(cloudwatch_logs._log_groups["/jobs"]["streams"]["one"]["events"], Lines)
    assert "nowhere else" not in saved()


def test_lines_after_the_last_save_are_there_after_a_crash(
    store: LogStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put((1, "saved"))
    state = saved()
    put((2, "not saved"))
    restart(store, tmp_path, monkeypatch, state)
    assert read() == ["saved", "not saved"]
    put((3, "new"))
    assert read() == ["saved", "not saved", "new"]


def test_ids_are_digits_that_rise_as_lines_come(store: LogStore) -> None:
    put((5, "first"), (5, "second"))
    put((1, "third"))
    by_id = [said for _, said in sorted(store.rows("SELECT id, message FROM lines"))]
    assert by_id == ["first", "second", "third"]
    assert all(each.isdecimal() for (each,) in store.rows("SELECT id FROM lines"))


def test_a_state_from_before_gives_its_lines_to_the_file(
    store: LogStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put((1, "first"), (2, "second"))
    before = copy.deepcopy(cloudwatch_logs.get_state())
    before["log_groups"]["/jobs"]["streams"]["one"]["events"] = [
        {"timestamp": 2, "message": "second", "ingestionTime": 2},
        {"timestamp": 1, "message": "first", "ingestionTime": 2, "eventId": "an-id"},
    ]
    restart(store, tmp_path, monkeypatch, json.dumps(before, default=persistence._json_default))
    assert read() == ["first", "second"]
    assert "second" not in saved()


@pytest.mark.parametrize("delete", ["_delete_log_stream", "_delete_log_group"])
def test_what_is_deleted_leaves_the_file(store: LogStore, delete: str) -> None:
    put((1, "line"))
    call(delete, **STREAM)
    assert store.rows("SELECT count(*) FROM lines") == [(0,)]


def test_lines_of_a_stream_that_no_state_has_leave_the_file_at_the_next_start(
    store: LogStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = saved()
    call("_create_log_stream", logGroupName="/jobs", logStreamName="two")
    call("_put_log_events", logGroupName="/jobs", logStreamName="two", logEvents=[{"timestamp": 1, "message": "x"}])
    restart(store, tmp_path, monkeypatch, state)
    again = LogStore(tmp_path / "logs.db")
    assert again.rows("SELECT count(*) FROM lines") == [(0,)]


def test_a_full_disk_fails_nobody_who_says_something(store: LogStore, caplog: pytest.LogCaptureFixture) -> None:
    put((1, "before"))
    store.connection.execute("PRAGMA max_page_count=1")
    put((2, "x" * 100_000))
    assert read() == ["before"]
    assert "1 lines of a log were lost" in caplog.text


def test_half_a_character_is_kept_as_a_question_mark(store: LogStore) -> None:
    put((1, "half \ud83d"))
    assert read() == ["half ?"]


def test_lines_can_be_read_as_a_list(store: LogStore) -> None:
    put(*((number, str(number)) for number in range(10)))
    lines = cloudwatch_logs._log_groups["/jobs"]["streams"]["one"]["events"]
    assert [event["message"] for event in lines[2:8:3]] == ["2", "5"]
    assert [event["message"] for event in lines[8:2:-3]] == ["8", "5"]
    assert (lines[-1]["message"], len(list(lines))) == ("9", 10)
    with pytest.raises(IndexError):
        lines[10]
