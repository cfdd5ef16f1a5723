"""Archives that nobody vouches for, and how each is refused."""

from __future__ import annotations

import gzip
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from processing.__main__ import main

if TYPE_CHECKING:
    from tests.unit.processing.conftest import Draft

TRAIN = "cifar-100-binary/train.bin"
TEST = "cifar-100-binary/test.bin"
NAMES = "cifar-100-binary/fine_label_names.txt"


@pytest.fixture
def refused(
    arguments: Callable[..., list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Run PrepareData, see that it fails without an image written, and return its sentence."""

    def run(*more: str) -> str:
        assert main(arguments("run", *more)) == 1
        sentence = (tmp_path / "run/message").read_text()
        assert capsys.readouterr().err == sentence + "\n"
        assert "\n" not in sentence
        assert sentence.endswith(".")
        assert not list((tmp_path / "run").rglob("*.png"))
        return sentence

    return run


def test_a_truncated_archive_is_refused_with_its_size(
    draft: Draft, tmp_path: Path, refused: Callable[..., str]
) -> None:
    path = draft.save(tmp_path / "archive")
    half = path.read_bytes()[: path.stat().st_size // 2]
    path.write_bytes(half)
    assert f"({len(half):,} bytes) cannot be used, as it is truncated" in refused()


def test_an_archive_cut_before_it_was_compressed_is_refused(
    draft: Draft, tmp_path: Path, refused: Callable[..., str]
) -> None:
    path = draft.save(tmp_path / "archive")
    path.write_bytes(gzip.compress(draft.tar()[:40_000]))
    assert "truncated" in refused()


def test_a_changed_byte_at_the_end_is_noticed(draft: Draft, tmp_path: Path, refused: Callable[..., str]) -> None:
    path = draft.save(tmp_path / "archive")
    content = bytearray(path.read_bytes())
    content[-8] ^= 1  # the checksum of the whole
    path.write_bytes(bytes(content))
    assert "incorrect data check" in refused()


def test_a_text_file_is_refused_by_what_it_is(tmp_path: Path, refused: Callable[..., str]) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "notes.tar.gz").write_text("not an archive")
    assert "notes.tar.gz (14 bytes) cannot be used, as it is damaged or not compressed with gzip" in refused()


def test_a_compressed_text_is_refused_too(tmp_path: Path, refused: Callable[..., str]) -> None:
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "notes.tar.gz").write_bytes(gzip.compress(b"not an archive" * 100))
    assert "damaged or not a tar archive" in refused()


def test_an_empty_folder_is_refused(tmp_path: Path, refused: Callable[..., str]) -> None:
    (tmp_path / "archive").mkdir()
    assert "holds no such file, where exactly one *.tar.gz is allowed" in refused()


def test_an_absent_folder_is_refused(refused: Callable[..., str]) -> None:
    assert "exactly one *.tar.gz is allowed" in refused()


def test_two_archives_are_refused_by_name(draft: Draft, tmp_path: Path, refused: Callable[..., str]) -> None:
    path = draft.save(tmp_path / "archive")
    path.with_name("second.tar.gz").write_bytes(path.read_bytes())
    assert "holds cifar.tar.gz, second.tar.gz, where exactly one" in refused()


def test_a_file_of_many_gigabytes_is_refused_by_its_header(
    draft: Draft, tmp_path: Path, refused: Callable[..., str]
) -> None:
    huge = tarfile.TarInfo("cifar-100-binary/huge.bin")
    huge.size = 5 << 30
    path = draft.save(tmp_path / "archive")
    path.write_bytes(gzip.compress(huge.tobuf() + draft.tar()))
    assert "5,368,709,120 bytes" in refused()


def test_a_file_that_is_no_whole_number_of_records_is_refused(
    draft: Draft, tmp_path: Path, refused: Callable[..., str]
) -> None:
    draft.files[TRAIN] += b"x"
    draft.save(tmp_path / "archive")
    assert "not a multiple of 3,074" in refused()


@pytest.mark.parametrize("name", [TRAIN, TEST, NAMES, "cifar-100-binary/coarse_label_names.txt"])
def test_a_missing_file_is_named(draft: Draft, tmp_path: Path, refused: Callable[..., str], name: str) -> None:
    del draft.files[name]
    draft.save(tmp_path / "archive")
    assert f"holds no {name}, where" in refused()


@pytest.mark.parametrize("name", [TRAIN, TEST])
def test_a_missing_class_is_named(draft: Draft, tmp_path: Path, refused: Callable[..., str], name: str) -> None:
    rows = [draft.files[name][start : start + 3074] for start in range(0, len(draft.files[name]), 3074)]
    draft.files[name] = b"".join(row for row in rows if row[1] != 48)
    draft.save(tmp_path / "archive")
    assert f"{name} holds no motorcycle (fine label 48)" in refused()


def test_other_label_names_are_refused(draft: Draft, tmp_path: Path, refused: Callable[..., str]) -> None:
    draft.files[NAMES] = draft.files[NAMES].replace(b"motorcycle", b"mountain")
    draft.save(tmp_path / "archive")
    assert "names 'mountain' at index 48, where CIFAR-100 has 'motorcycle'" in refused()


def test_a_label_out_of_range_is_refused_with_its_record(
    draft: Draft, tmp_path: Path, refused: Callable[..., str]
) -> None:
    content = bytearray(draft.files[TRAIN])
    content[7 * 3074 + 1] = 137
    draft.files[TRAIN] = bytes(content)
    draft.save(tmp_path / "archive")
    assert f"record 7 of {TRAIN} has the labels 18 (coarse) and 137 (fine)" in refused()


def test_a_file_that_stands_twice_is_refused(draft: Draft, tmp_path: Path, refused: Callable[..., str]) -> None:
    draft.files[f"./{TEST}"] = draft.files[TEST]
    draft.save(tmp_path / "archive")
    assert f"holds {TEST!r} twice" in refused()


@pytest.mark.parametrize(
    ("option", "value"),
    [("--validation-share", "0.9"), ("--augment", "-1"), ("--seed", "-5"), ("--resize", "4")],
)
def test_a_value_out_of_range_is_refused_before_any_work(refused: Callable[..., str], option: str, value: str) -> None:
    assert f"{option} is {value}, where" in refused(option, value)


def test_unknown_files_beside_the_needed_ones_are_passed_over(
    draft: Draft, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    draft.files = {"cifar-100-binary/readme.html": b"hello", **draft.files}
    draft.save(tmp_path / "archive")
    assert main(arguments()) == 0
