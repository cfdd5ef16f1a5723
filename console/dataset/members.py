"""Walk through a data set archive that may have been made to do harm, without unpacking it to disk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from common.archives import Limits, Member, read_tar

LIMITS: Final = Limits(members=64, file_bytes=1 << 30, total_bytes=4 << 30)
"""The published archive has six members, of which train.bin is the largest with 153,700,000 bytes."""


def read_members(file: BinaryIO) -> Iterator[Member]:
    """Yield the files of a gzip tar archive in its order, each to be read before the next; raises BadArchive."""
    return (member for member in read_tar(file, LIMITS) if not member.is_directory)
