"""A model.tar.gz that gives no more bytes than its headers have announced: one of them could fill the memory."""

import gzip
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from localaws.algorithms.image_classification.errors import ClientError

READ_AHEAD = 1 << 18
HEADER_ALLOWANCE = 1 << 20
MAX_MEMBERS = 1_000


class _Metered:
    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream = stream
        self._left = HEADER_ALLOWANCE

    def allow(self, size: int) -> None:
        """A file of so many bytes was announced."""
        self._left += size + HEADER_ALLOWANCE

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise ClientError("The model archive holds more bytes between its files than any needs: train it again.")
        return data


def members(path: Path) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    """Each member with the archive to extract it from, before the next is asked for."""
    with gzip.open(path) as stream:
        metered = _Metered(stream)
        readable = cast(IO[bytes], metered)  # a tar stream is only ever read
        with tarfile.open(fileobj=readable, mode="r|", bufsize=READ_AHEAD) as archive:
            for count, member in enumerate(archive, start=1):
                if count > MAX_MEMBERS:
                    raise ClientError(f"The model archive holds more than {MAX_MEMBERS:,} files: train it again.")
                metered.allow(member.size)
                yield archive, member
