"""Data that cannot be used ends the execution with the reason in words, wherever it is looked at."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest

from tests.e2e.laptop import Laptop

BUCKET = "scones-000000000000-us-east-1"


def _archive(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _sample(laptop: Laptop, sample: str) -> dict[str, bytes]:
    key = sample.removeprefix(f"s3://{BUCKET}/")
    body = laptop.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        return {item.name: archive.extractfile(item).read() for item in archive if item.isfile()}  # type: ignore[union-attr]


def _truncated(members: dict[str, bytes]) -> bytes:
    whole = _archive(members)
    return whole[: len(whole) // 2]


def _without_motorcycles(members: dict[str, bytes]) -> bytes:
    kept = dict(members)
    for name, content in members.items():
        if name.endswith(".bin"):
            records = [content[start : start + 3074] for start in range(0, len(content), 3074)]
            kept[name] = b"".join(record for record in records if record[1] != 48)
    return _archive(kept)


def _outside(members: dict[str, bytes]) -> bytes:
    return _archive({**members, "../../outside.txt": b"x"})


def _text(_: dict[str, bytes]) -> bytes:
    return b"these are not pictures\n"


@pytest.mark.parametrize(
    ("name", "make", "word"),
    [
        ("truncated", _truncated, "truncated"),
        ("missing-class", _without_motorcycles, "motorcycle"),
        ("outside", _outside, "outside"),
        ("text", _text, "gzip"),
    ],
)
def test_the_execution_fails_with_the_reason_in_words(
    laptop: Laptop, sample: str, name: str, make: object, word: str
) -> None:
    key = f"runs/refused/{name}/archive.tar.gz"
    laptop.client("s3").put_object(Bucket=BUCKET, Key=key, Body=make(_sample(laptop, sample)))  # type: ignore[operator]
    done = laptop.scones("run", "--set", f"InputDataUri=s3://{BUCKET}/{key}", "--watch", code=1)
    described = laptop.ended(done.stdout.split()[0])
    assert word in described["FailureReason"]
    assert word in done.stdout
    assert "PrepareData" in described["FailureReason"]


def test_an_upload_of_a_text_file_is_refused_before_anything_is_sent(laptop: Laptop, tmp_path: object) -> None:
    path = tmp_path / "notes.tar.gz"  # type: ignore[operator]
    path.write_bytes(gzip.compress(b"notes"))
    done = laptop.scones("dataset", "upload", str(path), code=1)
    assert done.stderr.startswith("scones dataset: ")
    assert len(done.stderr.strip().splitlines()) == 1
