"""A .tar.gz that gives no more bytes than its headers have announced.

It keeps a crafted header (an extended one of gigabytes, say) from filling the memory, and what lies between the files
from being unpacked for ever.
"""

import gzip
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from evaluation.refusal import Refusal

READ_AHEAD = 1 << 18
HEADER_ALLOWANCE = 1 << 20


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
            raise Refusal(
                "the artifact holds more bytes between its files than a tar archive needs, as a decompression bomb "
                "does: train the model again."
            )
        return data


@contextmanager
def opened(path: Path) -> Iterator[tuple[tarfile.TarFile, Callable[[int], None]]]:
    """The archive for one pass, and what is to be told of each file's size before the next is asked for."""
    with gzip.open(path) as stream:
        metered = _Metered(stream)
        readable = cast(IO[bytes], metered)  # a tar stream is only ever read
        with tarfile.open(fileobj=readable, mode="r|", bufsize=READ_AHEAD) as tar:
            yield tar, metered.allow
