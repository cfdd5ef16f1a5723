"""The zip that seeds a repository of the local AWS."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from localaws.push.git import PushError
from localaws.push.repository import unpack


def _zip(method: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        packed.writestr("README.md", b"words " * 40)
        packed.writestr("folder/run.sh", b"#!/bin/sh\n")
    return buffer.getvalue()


SEEDS = [_zip(method) for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)]


def one_input(data: bytes) -> None:
    """A seed is unpacked below its folder or refused."""
    with TemporaryDirectory() as target:
        folder = Path(target) / "inside"
        folder.mkdir()
        with suppress(PushError):
            unpack(data, folder)
        assert [path.name for path in Path(target).iterdir()] == ["inside"]
