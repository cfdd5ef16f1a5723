"""S3's events are handed to threads that stay, and what is remembered of folders and buckets is still true."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ministack.core.responses import get_account_id
from ministack.services import s3

from localaws.ministack_patches import s3_writes
from tests.unit.localaws.ministack_patches.without_port import build_client

EVERYTHING = {"EventBridgeConfiguration": {}}


@pytest.fixture
def bucket(apply: Callable[[ModuleType], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(s3, "S3_PERSIST", True)
    monkeypatch.setattr(s3, "DATA_DIR", str(tmp_path))
    apply(s3_writes)
    client = build_client()
    client.create_bucket(Bucket="photos")
    yield client
    s3.reset()


def test_events_are_delivered_by_a_few_threads_and_numbered_in_the_order_of_the_writes(
    bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str, str]] = []
    threads: set[str] = set()
    all_seen = threading.Event()

    def note(name: str, key: str, event: str, *_: object, sequencer: str, **__: object) -> None:
        threads.add(threading.current_thread().name)
        assert (name, event, get_account_id()) == ("photos", "s3:ObjectCreated:Put", account)
        seen.append((sequencer, key, event))
        if len(seen) == 40:
            all_seen.set()

    account = get_account_id()
    monkeypatch.setattr(s3, "_fire_s3_event", note)
    bucket.put_object(Bucket="photos", Key="unheard", Body=b"")  # which nobody has asked to be told of
    bucket.put_bucket_notification_configuration(Bucket="photos", NotificationConfiguration=EVERYTHING)
    for number in range(40):
        bucket.put_object(Bucket="photos", Key=f"{number:02d}", Body=b"")
    assert all_seen.wait(20)
    assert [key for _, key, _ in sorted(seen)] == [f"{number:02d}" for number in range(40)]
    assert len(threads) <= s3_writes._EVENTS
    assert all(name.startswith("s3-event") for name in threads)


def test_an_event_that_waits_for_who_gets_it_holds_up_no_other_and_no_write(
    bucket: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, told = threading.Event(), threading.Event()

    def deliver(_: str, key: str, *__: object, **___: object) -> None:
        if key == "slow":
            held.wait(20)
        else:
            told.set()

    monkeypatch.setattr(s3, "_fire_s3_event", deliver)
    bucket.put_bucket_notification_configuration(Bucket="photos", NotificationConfiguration=EVERYTHING)
    try:
        for key in ("slow", "quick"):
            bucket.put_object(Bucket="photos", Key=key, Body=b"")
        assert told.wait(10)
    finally:
        held.set()


def test_a_bucket_s_encryption_is_that_of_its_last_setting(bucket: Any) -> None:
    def put(algorithm: str) -> str:
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
        bucket.put_bucket_encryption(Bucket="photos", ServerSideEncryptionConfiguration={"Rules": [rule]})
        answers = [bucket.put_object(Bucket="photos", Key="a", Body=b"") for _ in range(2)]
        [found] = {answer["ServerSideEncryption"] for answer in answers}
        return str(found)

    assert [put("AES256"), put("aws:kms:dsse"), put("AES256")] == ["AES256", "aws:kms:dsse", "AES256"]


def test_a_link_is_followed_and_a_path_that_leads_out_is_found_out(bucket: Any, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(outside)
    paths = ["a", "a/b", "link", "link/a", "..", "../a", "link/..", ".", "a/", "", "absent/b/c"]
    for path in (f"{folder}/{path}" for path in paths):
        assert s3.os.path.realpath(path) == os.path.realpath(path), path
    data = Path(s3._object_disk_path("photos", "x")).parent
    data.mkdir(parents=True, exist_ok=True)
    (data / "linked").symlink_to(outside)
    bucket.put_object(Bucket="photos", Key="linked/secret", Body=b"kept")
    assert list(outside.iterdir()) == []
    assert bucket.get_object(Bucket="photos", Key="linked/secret")["Body"].read() == b"kept"
