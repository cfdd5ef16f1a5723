"""Write a gzip tar archive whose bytes follow from its members alone."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path


def write_tarball(path: Path, files: Mapping[str, bytes | bytearray]) -> None:
    """Write the files, by member name and in their order, as one archive; path appears when it is complete.

    No clock, owner or file name enters the archive, so equal files give equal bytes (with one zlib).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.part")
    with draft.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
        _write_members(packed, files)
    draft.replace(path)


def _write_members(packed: gzip.GzipFile, files: Mapping[str, bytes | bytearray]) -> None:
    """Write the members with fixed metadata."""
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
