"""Staging: which objects a prefix names, how they are shared out, and what is refused."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from localaws.failures import ClientFailure
from localaws.jobs import staging
from localaws.ministack.objects import Objects
from localaws.settings import Settings

if TYPE_CHECKING:
    from tests.unit.localaws.conftest import FakeClients


@pytest.fixture
def s3(clients: FakeClients) -> Any:
    return clients.s3


def objects(s3: Any) -> Objects:
    return Objects(s3, "test", Settings(port=0, home=Path()))


def put(s3: Any, *keys: str) -> None:
    for key in keys:
        s3.put_object(Bucket="bucket", Key=key, Body=key.encode())


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def fetched(s3: Any, uri: str, target: Path, kind: str = "S3Prefix", share: tuple[int, int] = (0, 1)) -> list[str]:
    staging.download(objects(s3), uri, target, kind, share)
    return names(target)


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("data/train", ["a.png", "deep/b.png", "train-more/c.png"]),
        ("data/train/", ["a.png", "deep/b.png"]),
        ("data/train/a.png", ["a.png"]),
        ("data/train/a", ["a.png"]),
        ("data", ["train-more/c.png", "train/a.png", "train/deep/b.png"]),
        ("", ["data/train-more/c.png", "data/train/a.png", "data/train/deep/b.png"]),
    ],
)
def test_a_prefix_names_a_folder_an_object_or_the_beginning_of_names(
    s3: Any,
    tmp_path: Path,
    prefix: str,
    expected: list[str],
) -> None:
    put(s3, "data/train/a.png", "data/train/deep/b.png", "data/train-more/c.png")
    assert fetched(s3, f"s3://bucket/{prefix}", tmp_path / "in") == expected


def test_objects_arrive_whole_and_folder_markers_are_no_files(s3: Any, tmp_path: Path) -> None:
    put(s3, "data/", "data/a")
    assert fetched(s3, "s3://bucket/data", tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"data/a"


def test_keys_may_have_question_marks_and_hashes(s3: Any, tmp_path: Path) -> None:
    put(s3, "run#1/what?.txt", "run")
    assert fetched(s3, "s3://bucket/run#1/what?", tmp_path) == ["what?.txt"]


def test_shards_are_disjoint_and_complete(s3: Any, tmp_path: Path) -> None:
    keys = [f"data/{number:02}" for number in range(11)]
    put(s3, *keys)
    shares = [fetched(s3, "s3://bucket/data/", tmp_path / str(index), share=(index, 3)) for index in range(3)]
    assert sorted(name for share in shares for name in share) == [key[5:] for key in keys]
    assert sorted(map(len, shares)) == [3, 4, 4]


def test_an_instance_without_a_share_has_an_empty_folder(s3: Any, tmp_path: Path) -> None:
    put(s3, "data/a")
    assert fetched(s3, "s3://bucket/data/", tmp_path / "in", share=(1, 2)) == []
    assert (tmp_path / "in").is_dir()


def test_no_objects_is_aws_s_sentence(s3: Any, tmp_path: Path) -> None:
    with pytest.raises(ClientFailure) as caught:
        fetched(s3, "s3://bucket/nothing", tmp_path)
    assert str(caught.value).startswith('ClientError: No S3 objects found under S3 URL "s3://bucket/nothing" given in')


def test_a_bucket_that_is_not_there_is_reported(s3: Any, tmp_path: Path) -> None:
    with pytest.raises(ClientFailure, match=r"s3://other/x cannot be listed: .*NoSuchBucket"):
        fetched(s3, "s3://other/x", tmp_path)


@pytest.mark.parametrize("uri", ["/data", "http://bucket/x", "s3://", "s3:///key", "bucket/key", ""])
def test_an_address_that_is_not_of_s3_is_refused(uri: str) -> None:
    with pytest.raises(ClientFailure, match="is not an S3 address"):
        staging.split_uri(uri)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [("s3://b", ("b", "")), ("s3://b/", ("b", "")), ("s3://b/k/l/", ("b", "k/l/")), ("s3://b//k", ("b", "k"))],
)
def test_an_address_is_a_bucket_and_a_key(uri: str, expected: tuple[str, str]) -> None:
    assert staging.split_uri(uri) == expected


def test_a_name_that_leads_out_of_its_folder_is_refused(s3: Any, tmp_path: Path) -> None:
    put(s3, "data/../../outside")
    with pytest.raises(ClientFailure, match="leads out of its directory"):
        fetched(s3, "s3://bucket/data", tmp_path / "in")
    assert names(tmp_path) == []


def manifest(s3: Any, content: object) -> str:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    s3.put_object(Bucket="bucket", Key="list.manifest", Body=body)
    return "s3://bucket/list.manifest"


def test_a_manifest_names_its_objects(s3: Any, tmp_path: Path) -> None:
    put(s3, "data/a", "data/b/c", "data/d")
    uri = manifest(s3, [{"prefix": "s3://bucket/data/"}, "a", "b/c"])
    assert fetched(s3, uri, tmp_path, "ManifestFile") == ["a", "b/c"]


@pytest.mark.parametrize("content", [b"{", [], ["a"], [{"other": 1}], 7])
def test_a_manifest_that_is_none_is_refused(s3: Any, tmp_path: Path, content: object) -> None:
    with pytest.raises(ClientFailure, match=r"The manifest s3://bucket/list.manifest cannot be read"):
        fetched(s3, manifest(s3, content), tmp_path, "ManifestFile")


def test_an_object_that_a_manifest_names_wrongly_is_reported(s3: Any, tmp_path: Path) -> None:
    uri = manifest(s3, [{"prefix": "s3://bucket/data/"}, "missing"])
    with pytest.raises(ClientFailure, match="s3://bucket/data/missing cannot be read"):
        fetched(s3, uri, tmp_path, "ManifestFile")


def keys(s3: Any, prefix: str = "") -> list[str]:
    listed = s3.list_objects_v2(Bucket="bucket", Prefix=prefix).get("Contents", [])
    return [item["Key"] for item in listed]


@pytest.mark.parametrize("uri", ["s3://bucket/out", "s3://bucket/out/"])
def test_files_are_put_below_the_address(s3: Any, tmp_path: Path, uri: str) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "deep/b.txt").write_text("b")
    (tmp_path / "link").symlink_to("/etc/hostname")
    staging.upload(objects(s3), tmp_path, uri)
    assert keys(s3) == ["out/a.txt", "out/deep/b.txt"]


def test_files_may_be_put_at_the_top_of_a_bucket(s3: Any, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    staging.upload(objects(s3), tmp_path, "s3://bucket")
    assert keys(s3) == ["a"]


def test_a_place_that_cannot_be_written_is_the_request_s_fault(s3: Any, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    with pytest.raises(ClientFailure, match=r"s3://other/a cannot be written: .*NoSuchBucket"):
        staging.upload(objects(s3), tmp_path, "s3://other")


def test_an_archive_holds_the_contents_at_its_top(s3: Any, tmp_path: Path) -> None:
    source = tmp_path / "model"
    (source / "deep").mkdir(parents=True)
    (source / "a").write_text("a")
    (source / "deep/b").write_text("b")
    staging.upload_archive(objects(s3), source, "s3://bucket/out/model.tar.gz")
    s3.download_file("bucket", "out/model.tar.gz", str(tmp_path / "back"))
    with tarfile.open(tmp_path / "back") as packed:
        assert sorted(packed.getnames()) == ["a", "deep", "deep/b"]
    assert not (tmp_path / "model.tar.gz").exists()
