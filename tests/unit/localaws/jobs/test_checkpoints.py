"""Checkpoints: both ways between a job's folders and S3, whole files, until the job ends."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from localaws.failures import ClientFailure
from localaws.jobs import checkpoints
from localaws.jobs.checkpoints import Checkpoints
from localaws.jobs.supervise import Instance

if TYPE_CHECKING:
    from tests.unit.localaws.conftest import FakeClients


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_SECONDS", 0.02)


@pytest.fixture
def members(tmp_path: Path) -> list[Instance]:
    return [Instance(f"algo-{number}", tmp_path / f"algo-{number}") for number in (1, 2)]


def made(clients: FakeClients, members: list[Instance], **config: str) -> Checkpoints:
    found = Checkpoints(clients.objects, {"S3Uri": "s3://bucket/kept/", **config}, members)
    found.download()
    return found


def stored(clients: FakeClients) -> dict[str, bytes]:
    listed = clients.s3.list_objects_v2(Bucket="bucket", Prefix="kept/").get("Contents", [])
    return {item["Key"]: clients.s3.get_object(Bucket="bucket", Key=item["Key"])["Body"].read() for item in listed}


def test_what_the_address_has_is_in_every_folder_before_the_start(
    clients: FakeClients, members: list[Instance]
) -> None:
    clients.s3.put_object(Bucket="bucket", Key="kept/epoch/1.pt", Body=b"one")
    clients.s3.put_object(Bucket="bucket", Key="kept-not", Body=b"other")
    made(clients, members)
    for member in members:
        assert {path.name for path in (member.root / "checkpoints").rglob("*")} == {"epoch", "1.pt"}
        assert (member.root / "checkpoints/epoch/1.pt").read_bytes() == b"one"


def test_files_are_stored_while_the_job_runs_and_at_its_end(
    clients: FakeClients, members: list[Instance], settled: Callable[..., None]
) -> None:
    folder = members[0].root / "checkpoints"
    with made(clients, members):
        (folder / "1.pt").write_bytes(b"one")
        settled(lambda: stored(clients) == {"kept/1.pt": b"one"})
        (folder / "1.pt").unlink()
        (members[1].root / "checkpoints/2.pt").write_bytes(b"two")
    assert stored(clients) == {"kept/1.pt": b"one", "kept/2.pt": b"two"}


def test_a_file_that_is_being_written_waits_until_it_is_whole(
    clients: FakeClients, members: list[Instance], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []

    def note(_: object, source: Path, __: str) -> None:
        sent.append(source.read_bytes())

    found = made(clients, members)
    monkeypatch.setattr(checkpoints.staging, "upload_file", note)
    file = members[0].root / "checkpoints/1.pt"
    looks = iter([b"h", b"ha", b"whole", b"whole", b"whole"])
    clock = iter(range(1, 9))

    def wait(_: float) -> bool:
        content = next(looks, None)
        if content is not None and (not file.exists() or file.read_bytes() != content):
            file.write_bytes(content)
            os.utime(file, (at := next(clock), at))
        return content is None

    monkeypatch.setattr(found._ended, "wait", wait)
    found._follow()
    assert sent == [b"whole"]


def test_a_failed_job_keeps_its_checkpoints(clients: FakeClients, members: list[Instance]) -> None:
    def fail() -> None:
        with made(clients, members):
            (members[0].root / "checkpoints/1.pt").write_bytes(b"one")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert stored(clients) == {"kept/1.pt": b"one"}


def test_a_link_leads_to_nothing_that_is_stored(clients: FakeClients, members: list[Instance], tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "credentials").write_bytes(b"secret")
    folder = members[0].root / "checkpoints"
    with made(clients, members):
        (folder / "folder").symlink_to(outside)
        (folder / "file").symlink_to(outside / "credentials")
        os.mkfifo(folder / "pipe")
        (folder / "1.pt").write_bytes(b"one")
    assert stored(clients) == {"kept/1.pt": b"one"}
    with made(clients, members):
        shutil.rmtree(members[1].root / "checkpoints")
        (members[1].root / "checkpoints").symlink_to(outside)
    assert stored(clients) == {"kept/1.pt": b"one"}


def test_the_folder_lies_where_the_job_wants_it(clients: FakeClients, members: list[Instance]) -> None:
    with made(clients, members, LocalPath="/opt/ml/own/place"):
        (members[0].root / "own/place/1.pt").write_bytes(b"one")
    assert stored(clients) == {"kept/1.pt": b"one"}


@pytest.mark.parametrize("path", ["/var/checkpoints", "/opt/ml/../../etc"])
def test_a_folder_elsewhere_is_refused(clients: FakeClients, members: list[Instance], path: str) -> None:
    config: dict[str, Any] = {"LocalPath": path}
    with pytest.raises(ClientFailure, match="give a folder below /opt/ml, as /opt/ml/checkpoints"):
        made(clients, members, **config)
