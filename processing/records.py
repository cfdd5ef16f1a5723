"""CIFAR-100's binary records: a coarse label, a fine label, then 1,024 red, green and blue bytes each."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.archives import Member
from common.jobs import Refusal
from processing import labels
from processing.image import Pixels

SIDE = 32
PIXEL_BYTES = 3 * SIDE * SIDE
RECORD_BYTES = 2 + PIXEL_BYTES
CHUNK_RECORDS = 256


@dataclass(frozen=True)
class Wanted:
    """The records of a chunk that belong to our classes.

    `index` (k,) counts from the start of the file, `label` (k,) is 0 or 1, `pixels` is (k, 32, 32, 3) uint8.
    """

    index: NDArray[np.int64]
    label: NDArray[np.int8]
    pixels: NDArray[np.uint8]


@dataclass(frozen=True)
class Records:
    """Records (n, 3074) as they stand in a file of the archive, the first of which is its number `start`."""

    name: str
    start: int
    rows: NDArray[np.uint8]


def read_records(member: Member) -> Iterator[Records]:
    """Read a member chunk by chunk, under 1 MB at a time."""
    if member.size % RECORD_BYTES:
        raise Refusal(
            f"{member.name} has {member.size:,} bytes, which is not a multiple of {RECORD_BYTES:,}, the size "
            "of a CIFAR-100 record: download or upload the archive again and compare its MD5."
        )
    start = 0
    while chunk := member.content.read(CHUNK_RECORDS * RECORD_BYTES):
        rows = np.frombuffer(chunk, dtype=np.uint8).reshape(-1, RECORD_BYTES)
        yield Records(member.name, start, rows)
        start += len(rows)


def select(records: Records) -> Wanted:
    """Keep our classes; refuses labels that CIFAR-100 has not."""
    rows, start, name = records.rows, records.start, records.name
    coarse, fine = rows[:, 0], rows[:, 1]
    outside = np.flatnonzero((coarse >= labels.COARSE_LABELS) | (fine >= labels.FINE_LABELS))
    if len(outside):
        first = int(outside[0])
        raise Refusal(
            f"record {start + first} of {name} has the labels {coarse[first]} (coarse) and {fine[first]} "
            "(fine), where 0 to 19 and 0 to 99 are allowed: give an archive in CIFAR-100's binary layout."
        )
    label = labels.lookup()[fine]
    kept = np.flatnonzero(label >= 0)
    return Wanted(start + kept, label[kept], interleave(rows[kept, 2:].reshape(-1, 3, SIDE, SIDE)))


def interleave(planes: Pixels) -> Pixels:
    """Pixels (k, 32, 32, 3) of red, green and blue planes (k, 3, 32, 32), in a tenth of a transposed copy's time."""
    pixels = np.empty((len(planes), SIDE, SIDE, 3), dtype=np.uint8)
    for colour in range(3):
        pixels[..., colour] = planes[:, colour]
    return pixels
