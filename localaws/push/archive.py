"""The zip that seeds a repository, unpacked with care: only files below its folder, and not too much of them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from common.archives import BadArchive, Limits, Member, read_zip
from common.archives import unpack as unpack_members
from localaws.push.errors import PushError

# CodeCommit takes less; what a project starts from is far below either.
_LIMITS = Limits(members=5_000, file_bytes=100_000_000, total_bytes=100_000_000)


def unpack(content: bytes, folder: Path) -> None:
    """Unpack a zip into a new folder; raise PushError for one that is damaged, too large, or leads out."""
    try:
        unpack_members(_read(content), folder)
    except BadArchive as error:
        raise PushError(f"The repository's seed is no zip that can be used, as {error}.") from error


def _read(content: bytes) -> Iterator[Member]:
    for member in read_zip(io.BytesIO(content), _LIMITS):
        if ".git" in member.name.lower().split("/"):
            raise BadArchive(f"it holds {member.name!r}, which git keeps for itself")
        yield member
