"""Keep the wanted images aside on disk, so that the archive is decompressed once and never held in memory."""

import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import numpy as np

from processing import png
from processing.image import Pixels
from processing.records import CHUNK_RECORDS, SIDE


class Spool:
    """A nameless temporary file of 32x32 images, already encoded, read back in the order in which they came."""

    def __enter__(self) -> Self:
        self._file = tempfile.TemporaryFile()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, pixels: Pixels) -> None:
        """Add images of shape (k, 32, 32, 3)."""
        files = png.encode_all(pixels)
        self._bytes = files.shape[1]
        self._file.write(files.data)

    def chunks(self) -> Iterator[Pixels]:
        """Yield all files kept, as `png.encode_all` made them (k, bytes of a file), a chunk in memory at a time."""
        self._file.seek(0)
        while chunk := self._file.read(CHUNK_RECORDS * self._bytes):
            yield np.frombuffer(chunk, dtype=np.uint8).reshape(-1, self._bytes)


def view(files: Pixels) -> Pixels:
    """The pixels of a chunk's images, of shape (k, 32, 32, 3)."""
    return png.view_pixels(files, SIDE, SIDE)
