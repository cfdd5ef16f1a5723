"""The images of the 98 classes that are neither bicycle nor motorcycle, out of an archive and into two files.

The archive is read as a stream and written an image at a time: a full one (49,000 + 9,800 images) takes no more
memory than a small one. Its training split is learned, its test split measures; so the two never share an image.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np
from PIL import Image

from common.archives import BadArchive, Member
from common.recordio import write_records
from console.dataset.archive import read_members
from console.dataset.layout import BICYCLE, FINE_NAMES, MOTORCYCLE, RECORD_BYTES, SIDE, TEST, TRAIN
from console.errors import CommandError
from console.output import Progress, silent

LEFT_OUT: Final = (BICYCLE, MOTORCYCLE)
NAMES: Final = tuple(name for fine, name in enumerate(FINE_NAMES) if fine not in LEFT_OUT)
"""The 98 classes; a name's place is its label."""
CHANNELS: Final = {TRAIN: "train", TEST: "validation"}
_CHUNK_RECORDS: Final = 1024


def select(archive: Path, folder: Path, progress: Progress = silent) -> dict[str, int]:
    """Write `<channel>/<channel>.rec` for both channels and return how many images each has.

    The archive has been checked before (console.dataset.archive). Raises CommandError where a split has none.
    """
    try:
        with archive.open("rb") as file:
            counts = _write_all(file, folder, progress)
    except BadArchive as error:
        raise CommandError(f"{archive}: {error}; fetch or copy it again") from error
    for member, channel in CHANNELS.items():
        if not counts.get(channel):
            raise CommandError(
                f"{archive}: {member} has no image of the other {len(NAMES)} classes, and without them there is "
                "nothing to learn from; give the published cifar-100-binary.tar.gz"
            )
    return counts


def relabel(fine: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Map fine labels to 0..97, and those of the two classes to -1."""
    table = np.full(len(FINE_NAMES), -1, np.int64)
    table[[label for label in range(len(FINE_NAMES)) if label not in LEFT_OUT]] = np.arange(len(NAMES))
    return table[fine]


def _write_all(file: BinaryIO, folder: Path, progress: Progress) -> dict[str, int]:
    return {
        CHANNELS[member.name]: _write(member, folder / CHANNELS[member.name], progress)
        for member in read_members(file)
        if member.name in CHANNELS
    }


def _write(split: Member, folder: Path, progress: Progress) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    return write_records(_read_others(split, progress), folder / f"{folder.name}.rec")


def _read_others(split: Member, progress: Progress) -> Iterator[tuple[int, bytes]]:
    """Give each image of the other classes as its label and a lossless PNG."""
    total = split.size // RECORD_BYTES
    for done, rows in _chunks(split):
        labels = relabel(rows[:, 1])
        for row, label in zip(rows[labels >= 0], labels[labels >= 0], strict=True):
            stream = io.BytesIO()
            # The fastest compression: the file is read once, on this machine.
            Image.fromarray(row[2:].reshape(3, SIDE, SIDE).transpose(1, 2, 0)).save(stream, "PNG", compress_level=1)
            yield int(label), stream.getvalue()
        progress(done, total)


def _chunks(split: Member) -> Iterator[tuple[int, np.ndarray[tuple[int, ...], np.dtype[np.uint8]]]]:
    done = 0
    for chunk in split.blocks(_CHUNK_RECORDS * RECORD_BYTES):
        rows = np.frombuffer(chunk, np.uint8).reshape(-1, RECORD_BYTES)
        done += len(rows)
        yield done, rows
