"""The one reader of archives: what it takes from every writer, each limit, and what it writes."""

from __future__ import annotations

import gzip
import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.archives import BadArchive, Folder, Limits, Member, read_tar, read_zip, unpack

LIMITS = Limits(members=50, file_bytes=1 << 20, total_bytes=1 << 22)
FILES = {"a.txt": b"first", "folder/" + "n" * 60 + "/" + "m" * 80: b"long name", "été/ü": b"", "z": bytes(700)}
FORMATS = {"ustar": tarfile.USTAR_FORMAT, "pax": tarfile.PAX_FORMAT, "GNU": tarfile.GNU_FORMAT}


def tar(files: Mapping[str, bytes], kind: int = tarfile.PAX_FORMAT, mode: int = 0o644, **headers: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=kind) as packed:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode, info.pax_headers = len(content), mode, headers
            packed.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def read(content: bytes, limits: Limits = LIMITS) -> dict[str, bytes]:
    return {member.name: member.content.read(member.size) for member in read_tar(io.BytesIO(content), limits)}


def refused(content: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(BadArchive) as caught:
        read(content, limits)
    return str(caught.value)


@pytest.mark.parametrize("kind", FORMATS)
def test_files_of_every_writer_come_out_as_they_went_in(kind: str) -> None:
    assert read(tar(FILES, FORMATS[kind])) == FILES


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_files_of_a_zip_come_out_as_they_went_in(method: int) -> None:
    members = read_zip(io.BytesIO(zipped(FILES, method)), LIMITS)
    assert {member.name: member.content.read(member.size) for member in members} == FILES


names = st.lists(
    st.text("abcé .-", min_size=1, max_size=90).filter(lambda word: word.strip(".")), min_size=1, max_size=4
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    files=st.dictionaries(names.map("/".join), st.binary(max_size=1500), max_size=6),
    kind=st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]),
)
def test_any_files_come_out_as_they_went_in(files: dict[str, bytes], kind: int) -> None:
    try:
        found = read(tar(files, kind))
    except BadArchive as error:
        assert "as a file and as a directory" in str(error)
    else:
        assert found == files


def test_members_that_nobody_reads_are_passed_over_and_only_the_end_verifies_the_checksum() -> None:
    whole = tar(FILES)
    assert [member.name for member in read_tar(io.BytesIO(whole), LIMITS)] == list(FILES)
    broken = bytearray(whole)
    broken[-8] ^= 1
    assert "incorrect data check" in refused(bytes(broken))


def test_a_content_is_read_in_blocks_and_ends() -> None:
    members = read_tar(io.BytesIO(tar({"a": bytes(range(250))})), LIMITS)
    content = next(members).content
    assert [content.read(100), content.read(100), content.read(100), content.read(1)] == [
        bytes(range(100)),
        bytes(range(100, 200)),
        bytes(range(200, 250)),
        b"",
    ]


def test_a_gzip_of_several_parts_with_padding_is_one() -> None:
    whole = gzip.decompress(tar(FILES))
    assert read(gzip.compress(whole[:700]) + gzip.compress(whole[700:]) + bytes(600)) == FILES


def test_the_top_itself_and_leading_dots_are_no_names() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        for name in (".", "./folder"):
            info = tarfile.TarInfo(name)
            info.type = tarfile.DIRTYPE
            packed.addfile(info)
        packed.addfile(tarfile.TarInfo(".//folder/./x"))
    members = list(read_tar(io.BytesIO(buffer.getvalue()), LIMITS))
    assert [(member.name, member.is_directory) for member in members] == [("folder", True), ("folder/x", False)]


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(3, 1 << 20, 1 << 22), "more than the 3 members"),
        (Limits(50, 600, 1 << 22), "'z' of 700 bytes, where 600 are allowed for a file"),
        (Limits(50, 1 << 20, 4000), "unpacks to more than the 4,000 bytes"),
        (Limits(50, 1 << 20, 1 << 22, header_bytes=20), "a header of "),
        (Limits(50, 1 << 20, 1 << 22, ratio=2, free_bytes=1000), "as a decompression bomb does"),
    ],
)
def test_each_limit_is_told_by_its_number(limits: Limits, said: str) -> None:
    assert said in refused(tar(FILES), limits)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(3, 1 << 20, 1 << 22), "more than the 3 members"),
        (Limits(50, 600, 1 << 22), "'z' of 700 bytes, where 600 are allowed for a file"),
        (Limits(50, 1 << 20, 600), "unpacks to more than the 600 bytes"),
        (Limits(50, 1 << 20, 1 << 22, ratio=1, free_bytes=10), "as a decompression bomb does"),
    ],
)
def test_each_limit_of_a_zip_is_told_by_its_number(limits: Limits, said: str) -> None:
    with pytest.raises(BadArchive, match=said):
        for member in read_zip(io.BytesIO(zipped(FILES | {"big": bytes(9000)})), limits):
            member.content.read(member.size)


def test_a_long_name_in_a_message_is_cut() -> None:
    assert len(refused(tar({"n" * 300: b""}))) < 250


@pytest.mark.parametrize("length", [1, 511, 512, 513, 1000])
def test_an_archive_cut_before_it_was_compressed_is_truncated(length: int) -> None:
    assert "truncated" in refused(gzip.compress(gzip.decompress(tar(FILES))[:length]))


def test_unpacking_makes_folders_keeps_who_may_run_it_and_nothing_else_of_the_mode(tmp_path: Path) -> None:
    unpack(read_tar(io.BytesIO(tar({"bin/run.sh": b"#!/bin/sh"}, mode=0o6755)), LIMITS), tmp_path / "new")
    unpack(read_tar(io.BytesIO(tar(FILES, mode=0o600)), LIMITS), tmp_path / "other")
    assert stat.S_IMODE((tmp_path / "new/bin/run.sh").stat().st_mode) == 0o755 & ~_umask()
    assert {path: (tmp_path / "other" / path).read_bytes() for path in FILES} == FILES


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def test_a_folder_that_holds_something_is_not_unpacked_into(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc")
    with pytest.raises(FileExistsError, match="is not empty"):
        unpack(iter(()), tmp_path)


def test_a_link_that_appears_while_it_is_unpacked_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()

    def members() -> list[Member]:
        return list(read_tar(io.BytesIO(tar({"folder/x": b"", "y": b""})), LIMITS))

    for name in ("folder", "y"):
        target = tmp_path / f"target-{name}"
        with pytest.raises(BadArchive, match="takes the place of another"), Folder(target) as folder:
            (target / name).symlink_to(outside if name == "folder" else outside / "made")
            for member in members():
                folder.write(member)
        assert list(outside.iterdir()) == []
        assert list(target.iterdir()) == []


def test_an_error_of_the_caller_s_own_empties_the_folder_as_well(tmp_path: Path) -> None:
    with pytest.raises(KeyError), Folder(tmp_path / "new") as folder:
        for member in read_tar(io.BytesIO(tar(FILES)), LIMITS):
            folder.write(member)
        raise KeyError
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("pack", [tar, zipped])
def test_a_flipped_bit_is_refused_or_changes_no_content(pack: Callable[[Mapping[str, bytes]], bytes]) -> None:
    whole, reader = pack(FILES), read_tar if pack is tar else read_zip
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        try:
            found = [member.content.read(member.size) for member in reader(io.BytesIO(bytes(damaged)), LIMITS)]
        except BadArchive:
            continue
        # The end of a zip says how many entries its directory has, and may say one less.
        assert found == list(FILES.values())[: len(found)]
