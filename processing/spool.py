"""Keep the wanted pixels aside on disk, so that the archive is decompressed once and never held in memory."""

import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import numpy as np

from processing.image import Pixels
from processing.records import CHUNK_RECORDS, PIXEL_BYTES, SIDE


class Spool:
    """A nameless temporary file of 32x32 images, read back in the order in which they came."""

    def __enter__(self) -> Self:
        self._file = tempfile.TemporaryFile()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, pixels: Pixels) -> None:
        """Add images of shape (k, 32, 32, 3)."""
        self._file.write(pixels.tobytes())

    def images(self) -> Iterator[Pixels]:
        """Yield every image kept, a chunk in memory at a time."""
        self._file.seek(0)
        while chunk := self._file.read(CHUNK_RECORDS * PIXEL_BYTES):
            yield from np.frombuffer(chunk, dtype=np.uint8).reshape(-1, SIDE, SIDE, 3)
