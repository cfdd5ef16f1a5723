"""What preparing data takes at the very least: unpack the archive, and create the same files in the same form.

Nothing is hashed, compared, split or listed, nothing is refused, and there is one pass: each chunk is written as soon
as it has come out of the archive. The files are laid out by PrepareData's own encoder, as no faster one is known.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from processing import png
from processing.ahead import work_ahead
from processing.labels import CLASSES
from processing.records import RECORD_BYTES, SIDE, interleave

_BLOCK = 512
_PACKED_BYTES = 1 << 18
_CHUNK = 256 * RECORD_BYTES
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


class _Unpacked:
    """The bytes of a tar, from a thread of its own where `ahead`."""

    def __init__(self, archive: Path, ahead: bool) -> None:
        self._blocks = work_ahead(_inflate(archive)) if ahead else _inflate(archive)
        self._rest = b""

    def read(self, size: int) -> bytes:
        blocks, have = [self._rest], len(self._rest)
        while have < size:
            blocks.append(next(self._blocks))
            have += len(blocks[-1])
        joined = b"".join(blocks) if len(blocks) > 1 else blocks[0]
        self._rest = joined[size:]
        return joined[:size]


def unpack_and_create(archive: Path, folder: Path, ahead: bool) -> None:
    """Write each image of both classes below its file's and its class's folder."""
    stream = _Unpacked(archive, ahead)
    while (header := stream.read(_BLOCK)).strip(b"\0"):
        name, size = header[:100].rstrip(b"\0").decode(), int(header[124:135], 8)
        if name.endswith(".bin"):
            _create(stream, size, folder / Path(name).stem)
        else:
            stream.read(size)
        stream.read(-size % _BLOCK)


def _inflate(archive: Path) -> Iterator[bytes]:
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    with archive.open("rb", buffering=0) as file:
        while packed := file.read(_PACKED_BYTES):
            yield inflater.decompress(packed)


def _create(stream: _Unpacked, size: int, folder: Path) -> None:
    for vehicle in CLASSES:
        (folder / vehicle.name).mkdir(parents=True)
    folders = {vehicle.fine: os.open(folder / vehicle.name, os.O_RDONLY) for vehicle in CLASSES}
    number = 0
    for start in range(0, size, _CHUNK):
        rows = np.frombuffer(stream.read(min(_CHUNK, size - start)), dtype=np.uint8).reshape(-1, RECORD_BYTES)
        fine = rows[:, 1]
        kept = np.flatnonzero(np.isin(fine, list(folders)))
        files = png.encode_all(interleave(rows[kept, 2:].reshape(-1, 3, SIDE, SIDE)))
        for index, label, content in zip(kept.tolist(), fine[kept].tolist(), files, strict=True):
            file = os.open(f"{folder.name}_{number + index:05d}.png", _FLAGS, 0o666, dir_fd=folders[label])
            os.write(file, content)
            os.close(file)
        number += len(rows)
    for descriptor in folders.values():
        os.close(descriptor)
