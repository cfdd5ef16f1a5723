"""The zip that seeds a repository, unpacked with care: only files below its folder, and not too much of them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path, PurePosixPath

from localaws.push.errors import PushError

# CodeCommit takes less; what a project starts from is far below either.
_MOST_FILES = 5_000
_MOST_BYTES = 100_000_000
_KIND = 0o170000
_LINK = 0o120000
_EXECUTABLE = 0o100


def unpack(content: bytes, folder: Path) -> None:
    """Unpack a zip into a folder; raise PushError for one that is damaged, too large, or leads out of the folder."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check(entries)
            for entry in entries:
                _write(archive, entry, folder / entry.filename)
    except PushError:
        raise
    except Exception as error:  # each way of packing raises its own: zlib.error, LZMAError, struct.error ...
        raise PushError(f"The repository's seed is no zip that can be read: {error}") from error


def _check(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _MOST_BYTES:
        raise PushError(f"The repository's seed has more than {_MOST_FILES} files or {_MOST_BYTES:,} bytes.")
    for entry in entries:
        path = PurePosixPath(entry.filename)
        inside = not path.is_absolute() and ".." not in path.parts and "\\" not in entry.filename
        if not inside or ".git" in path.parts or (entry.external_attr >> 16) & _KIND == _LINK:
            raise PushError(f"The repository's seed has {entry.filename!r}, which is a link or leads out of it.")


def _write(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # zipfile stops at the size that was declared, and the declared sizes were summed up.
    path.write_bytes(archive.read(entry))
    if (entry.external_attr >> 16) & _EXECUTABLE:
        path.chmod(0o755)
