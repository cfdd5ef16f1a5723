"""The durable state: JSON documents in one SQLite file, and an outbox of events.

A transition is committed (and flushed: `synchronous=FULL`) before any reader can see it, and its event is committed
with it. What `kill -9` can cost is therefore only work that was never announced.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from localaws import home

logger = logging.getLogger(__name__)

Document = dict[str, Any]

RETRY_SECONDS = 1.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
"""


class StoreError(RuntimeError):
    """The state file cannot be used; the message says why and what to do."""


class Store:
    """Documents by kind and key. Safe to use from any thread; a transaction holds the one lock."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, or without one a store in memory, which is empty and ends with this object."""
        if path:
            home.make(path.parent)
        self._path = path
        self._lock = threading.RLock()
        self._depth = 0
        try:
            self._connection = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            if self._connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("quick_check found damage")
            self._connection.executescript(_SCHEMA)
        except sqlite3.OperationalError as error:
            raise StoreError(
                f"The state file {path} cannot be opened ({error}); it must be a file that you may write and that no "
                "other local AWS uses."
            ) from error
        except sqlite3.DatabaseError as error:
            raise StoreError(
                f"The state file {path} is damaged ({error}); move it away to start afresh, "
                "or put back a copy of it: nothing was changed."
            ) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all changes made inside together, or none of them; a full disk is said in a sentence."""
        with self._lock:
            if self._depth:
                with self._nested():
                    yield
                return
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                with self._nested():
                    yield
                self._connection.execute("COMMIT")
            except BaseException as error:
                # SQLite has taken some failed transactions back by itself; a failed COMMIT leaves its own open.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.OperationalError):
                    raise StoreError(
                        f"The state file {self._path} could not be written ({error}); free space on its disk and "
                        "try again: what was there before is kept."
                    ) from error
                raise

    @contextmanager
    def _nested(self) -> Iterator[None]:
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def get(self, kind: str, key: str) -> Document | None:
        """A copy of one document, or None."""
        with self._lock:
            row = self._connection.execute(
                "SELECT body FROM documents WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def put(self, kind: str, key: str, document: Document) -> None:
        """Write one document whole."""
        with self.transaction():
            self._connection.execute(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)", (kind, key, json.dumps(document))
            )

    def update(self, kind: str, key: str, **changes: Any) -> Document:  # noqa: ANN401 - JSON of any type
        """Change members of an existing document and answer it whole."""
        with self.transaction():
            document = self.get(kind, key)
            if document is None:
                raise KeyError(f"{kind} {key}")
            document.update(changes)
            self.put(kind, key, document)
        return document

    def delete(self, kind: str, key: str) -> None:
        """Remove one document, if it is there."""
        with self.transaction():
            self._connection.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))

    def all(self, kind: str, prefix: str = "") -> list[Document]:
        """Every document of a kind whose key begins with `prefix`, by key."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT body FROM documents WHERE kind = ? AND key >= ? AND key < ? ORDER BY key",
                (kind, prefix, prefix + "\U0010ffff"),
            ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def all_keys(self, kind: str, prefix: str) -> list[str]:
        """The keys of a kind that begin with `prefix`."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT key FROM documents WHERE kind = ? AND key >= ? AND key < ? ORDER BY key",
                (kind, prefix, prefix + "\U0010ffff"),
            ).fetchall()
        return [row[0] for row in rows]

    def enqueue(self, event: Document) -> int:
        """Add an event to the outbox, in the transaction of its change; answers its number there."""
        with self.transaction():
            row = self._connection.execute("INSERT INTO outbox (body) VALUES (?)", (json.dumps(event),))
            return int(row.lastrowid or 0)

    def outbox(self, limit: int = 50, after: int = 0) -> list[tuple[int, Document]]:
        """The oldest events that have not been delivered, of those that were added after the one with this number."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT id, body FROM outbox WHERE id > ? ORDER BY id LIMIT ?", (after, limit)
            ).fetchall()
        return [(row[0], json.loads(row[1])) for row in rows]

    def delivered(self, last: int) -> None:
        """Take events out of the outbox, up to the one with this number."""
        with self.transaction():
            self._connection.execute("DELETE FROM outbox WHERE id <= ?", (last,))

    def close(self) -> None:
        """Close the file; nothing is lost if this never runs."""
        with self._lock:
            self._connection.close()


def retry_until_stored(record: Callable[[], object]) -> None:
    """Call `record` until the store takes it: without its end in the store, work would be under way for ever."""
    while True:
        try:
            record()
        except StoreError as error:
            logger.warning("Tried again in %g s: %s", RETRY_SECONDS, error)
            time.sleep(RETRY_SECONDS)
        else:
            return
