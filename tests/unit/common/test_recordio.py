"""RecordIO: what MXNet writes is read, what is written MXNet reads, and broken files are refused."""

from pathlib import Path

import pytest

from common.recordio import BadRecords, Record, read_records, write_records

MAGIC = bytes.fromhex("0a23d7ce")
# A record's header has 24 bytes: a whole word of these images is the magic number, or four bytes across two words.
IMAGES = [b"", b"x", b"whole", MAGIC, b"four" + MAGIC + MAGIC + b"more", b"odd" + MAGIC + b"place", MAGIC * 3 + b"end"]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    write_records(enumerate(IMAGES), tmp_path / "a.rec")
    assert list(read_records(tmp_path / "a.rec")) == [Record((label,), image) for label, image in enumerate(IMAGES)]


def test_mxnet_writes_the_same_bytes(tmp_path: Path) -> None:
    mx = pytest.importorskip("localaws.algorithms.image_classification.mxnet_network").mx
    writer = mx.recordio.MXRecordIO(str(tmp_path / "theirs.rec"), "w")
    for label, image in enumerate(IMAGES):
        writer.write(mx.recordio.pack(mx.recordio.IRHeader(0, float(label), label, 0), image))
    writer.close()
    write_records(enumerate(IMAGES), tmp_path / "ours.rec")
    assert (tmp_path / "ours.rec").read_bytes() == (tmp_path / "theirs.rec").read_bytes()


def test_several_labels_that_mxnet_packs_are_read(tmp_path: Path) -> None:
    mx = pytest.importorskip("localaws.algorithms.image_classification.mxnet_network").mx
    writer = mx.recordio.MXRecordIO(str(tmp_path / "a.rec"), "w")
    writer.write(mx.recordio.pack(mx.recordio.IRHeader(0, [0.0, 1.0, 1.0], 7, 0), b"image"))
    writer.close()
    assert list(read_records(tmp_path / "a.rec")) == [Record((0.0, 1.0, 1.0), b"image")]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda whole: whole[:-1], "truncated"),
        (lambda whole: whole[:6], "truncated"),
        (lambda whole: b"\0" + whole[1:], "magic number"),
        (lambda whole: whole[:7] + b"\x40" + whole[8:], "out of order"),
        (lambda whole: whole[:8] + b"\xff\xff\xff\xff" + whole[12:], "too short for its labels"),
        (lambda whole: whole[:4] + b"\x04\0\0\0" + whole[8:12], "too short for its header"),
    ],
)
def test_a_broken_file_is_refused_with_what_is_wrong(tmp_path: Path, change: object, reason: str) -> None:
    path = tmp_path / "a.rec"
    write_records([(1, b"image")], path)
    path.write_bytes(change(path.read_bytes()))  # type: ignore[operator]
    with pytest.raises(BadRecords, match=reason):
        list(read_records(path))
