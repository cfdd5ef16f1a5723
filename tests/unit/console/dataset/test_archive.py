"""What check_archive takes and what it refuses, each refusal with its sentence."""

import gzip
import hashlib
import io
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from console.dataset import archive as checking
from console.dataset.archive import SplitFacts, check_archive
from console.dataset.layout import (
    BICYCLE,
    COARSE_NAMES,
    COARSE_NAMES_FILE,
    COARSE_OF_FINE,
    FINE_NAMES,
    FINE_NAMES_FILE,
    IMAGE_BYTES,
    MOTORCYCLE,
    TEST,
    TRAIN,
    names_file,
)
from console.dataset.sample import write_tarball
from console.errors import CommandError


def records(*labels: int) -> bytes:
    """A record of a flat picture for each fine label."""
    return b"".join(bytes((COARSE_OF_FINE[fine], fine)) + bytes(IMAGE_BYTES) for fine in labels)


GOOD = {
    TRAIN: records(BICYCLE, MOTORCYCLE, BICYCLE, 3),
    TEST: records(MOTORCYCLE, BICYCLE),
    FINE_NAMES_FILE: names_file(FINE_NAMES),
    COARSE_NAMES_FILE: names_file(COARSE_NAMES),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a small good archive lies."""
    path = tmp_path / "small.tar.gz"
    write_tarball(path, GOOD)
    return path


def prepend(path: Path, member: tarfile.TarInfo, content: bytes = b"") -> None:
    """Write a good archive with one more member before the good ones."""
    with tarfile.open(path, "w:gz") as archive:
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
        for name, body in GOOD.items():
            good = tarfile.TarInfo(name)
            good.size = len(body)
            archive.addfile(good, io.BytesIO(body))


def refusal(path: Path) -> str:
    """The sentence with which the archive is refused."""
    with pytest.raises(CommandError) as caught:
        check_archive(path)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert str(path) in sentence
    return sentence


def test_a_good_archive_is_described(path: Path) -> None:
    facts = check_archive(path)
    assert facts.train == SplitFacts(records=4, bicycles=2, motorcycles=1)
    assert facts.test == SplitFacts(records=2, bicycles=1, motorcycles=1)
    assert facts.bytes == path.stat().st_size
    assert facts.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_records_are_counted_across_chunks(tmp_path: Path) -> None:
    train = records(*([BICYCLE] * 1500 + [MOTORCYCLE] * 700))
    write_tarball(tmp_path / "a.tar.gz", GOOD | {TRAIN: train})
    assert check_archive(tmp_path / "a.tar.gz").train == SplitFacts(2200, 1500, 700)


def test_folders_other_files_and_a_leading_dot_do_no_harm(path: Path) -> None:
    with tarfile.open(path, "w:gz") as archive:
        folder = tarfile.TarInfo("./cifar-100-binary")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, body in {**GOOD, "cifar-100-binary/README": b"hello"}.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(body)
            archive.addfile(member, io.BytesIO(body))
    assert check_archive(path).train.records == 4


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert "there is no such file" in refusal(tmp_path / "nowhere.tar.gz")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "there is no such file" in refusal(tmp_path)


def test_a_file_that_may_not_be_read_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert "it cannot be read (Permission denied)" in refusal(path)


@pytest.mark.parametrize("content", [b"", b"label,picture\n", b"PK\x03\x04zip", b"\x80\x04}pickle"])
def test_a_file_that_is_no_gzip_archive_is_refused_with_what_it_begins_with(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    sentence = refusal(path)
    assert "it is not a gzip archive" in sentence
    assert repr(content[:12]) in sentence
    assert "scones dataset sample" in sentence


def test_a_packed_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.gz"
    path.write_bytes(gzip.compress(b"no tar archive at all\n" * 100))
    assert "is damaged" in refusal(path)


def test_a_truncated_archive_is_refused_with_its_size(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])
    assert f"({path.stat().st_size:,} bytes): it is truncated" in refusal(path)


def test_an_archive_whose_checksum_is_wrong_is_refused(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-6] ^= 1
    path.write_bytes(content)
    assert "is damaged" in refusal(path)


def test_the_python_version_is_refused_unread_and_the_binary_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cifar-100-python.tar.gz"
    write_tarball(path, {"cifar-100-python/meta": b"\x80\x04.", "cifar-100-python/train": b"\x80\x04."})
    sentence = refusal(path)
    assert "Python version" in sentence
    assert "cifar-100-binary.tar.gz" in sentence


@pytest.mark.parametrize("missing", list(GOOD))
def test_a_missing_member_is_named(path: Path, missing: str) -> None:
    write_tarball(path, {name: body for name, body in GOOD.items() if name != missing})
    assert f"has no {missing};" in refusal(path)


@pytest.mark.parametrize(
    ("member", "labels", "absent"),
    [(TRAIN, (BICYCLE, 3), "motorcycle"), (TEST, (MOTORCYCLE, 3), "bicycle"), (TEST, (), "bicycle")],
)
def test_a_missing_class_is_named_with_its_split(path: Path, member: str, labels: tuple[int, ...], absent: str) -> None:
    write_tarball(path, GOOD | {member: records(*labels)})
    assert f"{member} has no {absent} (fine label" in refusal(path)


def test_a_split_that_ends_within_a_record_is_refused(path: Path) -> None:
    write_tarball(path, GOOD | {TRAIN: GOOD[TRAIN][:-1]})
    assert "12,295 bytes, which is no multiple of a record's 3,074" in refusal(path)


@pytest.mark.parametrize("labels", [(20, 8), (0, 100)])
def test_labels_that_cifar_100_does_not_have_are_refused(path: Path, labels: tuple[int, ...]) -> None:
    write_tarball(path, GOOD | {TRAIN: GOOD[TRAIN] + bytes(labels) + bytes(IMAGE_BYTES)})
    assert "where 19 and 99 are the highest" in refusal(path)


def test_names_in_another_order_are_refused(path: Path) -> None:
    write_tarball(path, GOOD | {FINE_NAMES_FILE: names_file(FINE_NAMES[::-1])})
    assert "calls label 8 'tractor' instead of 'bicycle'".replace("tractor", FINE_NAMES[91]) in refusal(path)


def test_a_names_file_that_is_cut_short_is_refused(path: Path) -> None:
    write_tarball(path, GOOD | {FINE_NAMES_FILE: names_file(FINE_NAMES[:20])})
    assert "calls label 48 'nothing'" in refusal(path)


def test_a_member_that_comes_twice_is_refused(path: Path) -> None:
    prepend(path, tarfile.TarInfo(TRAIN), GOOD[TRAIN])
    assert f"it holds {TRAIN!r} twice" in refusal(path)


def test_too_many_members_are_refused(path: Path) -> None:
    write_tarball(path, {**{f"extra/{n}": b"" for n in range(checking.LIMITS.members)}, **GOOD})
    assert "more than the 64 members" in refusal(path)


def test_a_member_that_is_too_large_is_refused_before_it_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "LIMITS", replace(checking.LIMITS, file_bytes=5000))
    assert f"{TRAIN!r} of 12,296 bytes, where 5,000 are allowed" in refusal(path)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "MAX_ARCHIVE_BYTES", 100)
    assert "and at most 100 are taken" in refusal(path)


def check_never_stumbles(path: Path, content: bytes) -> str:
    """The archive passes or is refused in words; any other exception fails the test."""
    path.write_bytes(content)
    try:
        check_archive(path)
    except CommandError as error:
        return str(error)
    return ""


def test_every_truncation_is_refused_in_words(path: Path) -> None:
    whole = path.read_bytes()
    for length in [*range(0, 40), *range(40, len(whole), 37)]:
        assert check_never_stumbles(path, whole[:length])


def test_any_flipped_bit_is_refused_or_without_effect(path: Path) -> None:
    chance, whole = np.random.default_rng(7), path.read_bytes()
    refused = 0
    for _ in range(400):
        content = bytearray(whole)
        content[chance.integers(len(whole))] ^= 1 << int(chance.integers(8))
        refused += bool(check_never_stumbles(path, bytes(content)))
    assert refused > 380


def test_damage_inside_the_tar_headers_is_refused_or_without_effect(path: Path) -> None:
    chance, plain = np.random.default_rng(7), gzip.decompress(path.read_bytes())
    refused = 0
    for _ in range(400):
        content = bytearray(plain)
        for _ in range(chance.integers(1, 30)):
            content[chance.integers(512)] = chance.integers(256)
        refused += bool(check_never_stumbles(path, gzip.compress(bytes(content), 1)))
    assert refused > 380


def test_noise_in_headers_with_a_right_checksum_never_stumbles(path: Path) -> None:
    """Checksums made right again let the noise reach the parsers of sizes, types and extended headers."""
    chance, plain = np.random.default_rng(7), gzip.decompress(path.read_bytes())
    for _ in range(600):
        header = bytearray(plain[:512])
        header[156] = chance.choice(list(b"0123456789xgLKSVND\0"))
        for _ in range(chance.integers(0, 6)):
            header[chance.choice([*range(100, 148), *range(257, 512)])] = chance.integers(256)
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        check_never_stumbles(path, gzip.compress(bytes(header) + plain[512:], 1))
