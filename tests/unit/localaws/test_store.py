"""The store: all of a transaction or nothing, across threads, crashes and damage."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from localaws.store import Store, StoreError

KILLED = """
import os, sys
from pathlib import Path
from localaws.store import Store
store = Store(Path(sys.argv[1]))
with store.transaction():
    store.put("k", "done", {"n": 1})
    store.enqueue({"n": 1})
with store.transaction():
    store.put("k", "under way", {"n": 2})
    store.enqueue({"n": 2})
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "state.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    made = Store(path)
    yield made
    made.close()


def test_a_document_is_read_as_it_was_written(store: Store) -> None:
    document = {"text": "Größe\u2028", "number": 0.1, "none": None, "list": [1, {"deep": True}]}
    store.put("kind", "key", document)
    assert store.get("kind", "key") == document
    assert store.get("kind", "other") is None
    assert store.get("other", "key") is None


def test_a_read_document_is_a_copy(store: Store) -> None:
    store.put("kind", "key", {"list": []})
    (store.get("kind", "key") or {})["list"].append(1)
    assert store.get("kind", "key") == {"list": []}


def test_an_update_changes_what_it_names_and_answers_the_whole(store: Store) -> None:
    store.put("kind", "key", {"a": 1, "b": 1})
    assert store.update("kind", "key", b=2, c=3) == {"a": 1, "b": 2, "c": 3} == store.get("kind", "key")


def test_an_update_of_nothing_is_an_error(store: Store) -> None:
    with pytest.raises(KeyError, match="kind key"):
        store.update("kind", "key", a=1)


def test_a_delete_removes_one_and_may_be_repeated(store: Store) -> None:
    store.put("kind", "a", {})
    store.put("kind", "b", {})
    store.delete("kind", "a")
    store.delete("kind", "a")
    assert [store.get("kind", key) for key in "ab"] == [None, {}]


def test_a_prefix_lists_what_begins_with_it_by_key(store: Store) -> None:
    for key in ("vehicles/2", "vehicles/10", "vehicles-2/1", "vehicle", "vehicles/\U0001f6b2"):
        store.put("kind", key, {"key": key})
    found = [document["key"] for document in store.all("kind", "vehicles/")]
    assert found == ["vehicles/10", "vehicles/2", "vehicles/\U0001f6b2"]
    assert len(store.all("kind")) == 5
    assert store.all("other") == []


def test_an_exception_takes_back_the_whole_transaction(store: Store) -> None:
    store.put("kind", "key", {"n": 1})
    with pytest.raises(RuntimeError), store.transaction():
        store.update("kind", "key", n=2)
        store.enqueue({"n": 2})
        raise RuntimeError
    assert store.get("kind", "key") == {"n": 1}
    assert store.outbox() == []


def test_an_exception_in_a_nested_transaction_takes_back_the_outer_one(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        store.put("kind", "outer", {})
        with store.transaction():
            store.put("kind", "inner", {})
            raise RuntimeError
    assert store.all("kind") == []
    store.put("kind", "later", {"works": True})
    assert store.all("kind") == [{"works": True}]


def test_nothing_of_a_transaction_is_on_disk_before_its_end(store: Store, path: Path) -> None:
    other = Store(path)
    with store.transaction():
        store.put("kind", "key", {})
        assert other.get("kind", "key") is None
    assert other.get("kind", "key") == {}
    other.close()


def test_threads_do_not_lose_each_other_s_changes(store: Store) -> None:
    store._connection.execute("PRAGMA synchronous=OFF")
    store.put("kind", "key", {"n": 0})

    def count() -> None:
        for _ in range(50):
            with store.transaction():
                store.update("kind", "key", n=(store.get("kind", "key") or {})["n"] + 1)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get("kind", "key") == {"n": 200}


def test_every_commit_is_flushed(store: Store) -> None:
    assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert store._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_kill_leaves_what_was_committed_and_nothing_of_what_was_not(path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert ended.returncode == -9
    store = Store(path)
    assert [store.get("k", key) for key in ("done", "under way")] == [{"n": 1}, None]
    assert [event for _, event in store.outbox()] == [{"n": 1}]
    store.close()


def test_events_wait_in_order_until_they_are_delivered_and_survive_a_reopening(path: Path) -> None:
    store = Store(path)
    for number in range(3):
        store.enqueue({"n": number})
    store.delivered(store.outbox()[0][0])
    store.close()
    again = Store(path)
    assert [event["n"] for _, event in again.outbox()] == [1, 2]
    assert [event["n"] for _, event in again.outbox(limit=1)] == [1]
    again.close()


def scribble(path: Path) -> None:
    path.write_bytes(b"not a database" * 1000)


def tear(path: Path) -> None:
    store = Store(path)
    for number in range(200):
        store.put("kind", str(number), {"text": "x" * 500})
    store.close()
    content = bytearray(path.read_bytes())
    content[4096:20_000] = bytes(15_904)
    path.write_bytes(content)


@pytest.mark.parametrize("damage", [scribble, tear])
def test_a_damaged_file_is_refused_with_a_sentence_and_left_as_it_is(
    path: Path, damage: Callable[[Path], None]
) -> None:
    path.parent.mkdir()
    damage(path)
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        Store(path)
    assert f"The state file {path} is damaged" in str(caught.value)
    assert "move it away to start afresh" in str(caught.value)
    assert path.read_bytes() == before


def test_a_place_that_cannot_be_opened_is_not_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "state.db").mkdir()
    with pytest.raises(StoreError, match="cannot be opened") as caught:
        Store(tmp_path / "state.db")
    assert "damaged" not in str(caught.value)


@contextmanager
def full_disk(path: Path) -> Iterator[None]:
    """No file of this process may grow beyond what the store's log has now: what a full disk is to SQLite."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    log = path.with_name(f"{path.name}-wal")
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_is_said_and_what_was_there_is_kept_and_goes_on_when_there_is_room(
    store: Store, path: Path
) -> None:
    store.put("kind", "key", {"n": 1})
    with full_disk(path), pytest.raises(StoreError, match="could not be written") as caught, store.transaction():
        store.put("kind", "key", {"n": 2})
        store.enqueue({"n": 2})
    assert f"The state file {path}" in str(caught.value)
    assert store.get("kind", "key") == {"n": 1}
    store.put("kind", "key", {"n": 3})
    assert (store.get("kind", "key"), store.outbox()) == ({"n": 3}, [])


def test_a_transaction_that_sqlite_has_taken_back_itself_says_what_was_wrong(store: Store) -> None:
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreError, match="database or disk is full"):
        store.put("kind", "key", {"text": "x" * 100_000})
    store._connection.execute("PRAGMA max_page_count=100000")
    store.put("kind", "key", {"n": 1})
    assert store.all("kind") == [{"n": 1}]


def test_a_commit_that_fails_does_not_hold_up_what_comes_after(store: Store) -> None:
    """What a lock or a full disk does at the very end of a transaction."""
    whole = store._connection

    class Failing:
        in_transaction = True

        def execute(self, sql: str, *values: Any) -> Any:
            if sql == "COMMIT":
                raise sqlite3.OperationalError("disk I/O error")
            return whole.execute(sql, *values)

    store._connection = Failing()  # type: ignore[assignment]
    with pytest.raises(StoreError, match="disk I/O error"):
        store.put("kind", "key", {"n": 1})
    store._connection = whole
    store.put("kind", "other", {"n": 2})
    assert store.all("kind") == [{"n": 2}]
