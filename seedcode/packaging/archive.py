"""Zip archives with the same bytes wherever and whenever they are built, under names that say which bytes.

CloudFormation updates a function when its code's key changes. A name made of the content changes then, and only then.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from seedcode.errors import PackagingError

EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip archive can name
READABLE = 0o644 << 16
UNIX = 3
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limit:
    """How many bytes an archive may have, packed and unpacked."""

    packed: int
    unpacked: int


# Lambda takes 50 MB in a direct upload and 250 MB unpacked, functions and layers together; our code is held to 1 MB.
FUNCTION_LIMIT = Limit(packed=1 * MEGABYTE, unpacked=1 * MEGABYTE)
LAYER_LIMIT = Limit(packed=50 * MEGABYTE, unpacked=249 * MEGABYTE)


def write_archive(name: str, files: Mapping[str, bytes], limit: Limit, folder: Path) -> Path:
    """Pack files by their names in the archive; return `<folder>/<name>-<sha256>.zip`.

    Raises PackagingError when the archive is larger than Lambda, or this project, takes.
    """
    content = _pack(files)
    _check("packed", name, len(content), limit.packed)
    _check("unpacked", name, sum(map(len, files.values())), limit.unpacked)
    path = folder / f"{name}-{hashlib.sha256(content).hexdigest()}.zip"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _pack(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    # Stored, not deflated: compressed bytes differ between zlib versions.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=EPOCH)
            entry.external_attr = READABLE
            entry.create_system = UNIX  # also where the archive is built on another system
            archive.writestr(entry, files[name])
    return buffer.getvalue()


def _check(kind: str, name: str, size: int, most: int) -> None:
    if size > most:
        raise PackagingError(
            f"{name} has {size / MEGABYTE:.1f} MB {kind}, and {most / MEGABYTE:.0f} MB are allowed; "
            "leave out what it does not need."
        )
