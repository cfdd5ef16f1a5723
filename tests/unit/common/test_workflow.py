"""A batch's images are worked on a few at a time, and answered in their order."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from common.s3 import S3Address
from common.workflow import THREADS, Item, Packed, Storage, each


def _numbered(count: int) -> list[Item]:
    return [{"number": number} for number in range(count)]


def test_a_few_are_worked_on_at_once_and_answered_in_their_order() -> None:
    together = threading.Barrier(THREADS, timeout=20)

    def work(item: Item) -> int:
        together.wait()  # which no thread passes alone
        return int(item["number"])

    assert list(each(_numbered(2 * THREADS), work)) == list(range(2 * THREADS))


def test_a_failure_is_raised_and_little_is_begun_after_it() -> None:
    begun: list[int] = []

    def work(item: Item) -> int:
        begun.append(item["number"])
        if item["number"] == 0:
            raise KeyError("first")
        waited.wait(0.02)
        return 0

    waited = threading.Event()
    with pytest.raises(KeyError, match="first"):
        list(each(_numbered(1000), work))
    assert len(begun) < 500


def test_threads_read_an_object_of_many_images_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def note_and_read(_: Storage, address: S3Address, __: int) -> bytes:
        read.append(address.uri)
        return b"onetwo"

    monkeypatch.setattr(Storage, "read", note_and_read)
    packed = Packed(Storage(None))
    uris = ["s3://b/serialized/1.images", "s3://b/serialized/2.images"]
    items: list[dict[str, Any]] = [
        {"serialized_uri": uris[n % 2], "place": [0, 3] if n < 50 else [3, 6]} for n in range(100)
    ]
    answers = list(each(items, lambda item: packed.read(item, "place")))
    assert answers == [b"one"] * 50 + [b"two"] * 50
    assert sorted(read) == uris
