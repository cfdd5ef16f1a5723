"""CIFAR-100's binary records: a coarse label, a fine label, then 1,024 red, green and blue bytes each."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from common.archives import Member
from common.jobs import Refusal
from processing import labels

SIDE = 32
PIXEL_BYTES = 3 * SIDE * SIDE
RECORD_BYTES = 2 + PIXEL_BYTES
CHUNK_RECORDS = 1024


@dataclass(frozen=True)
class Wanted:
    """The records of a chunk that belong to our classes.

    `index` (k,) counts from the start of the file, `label` (k,) is 0 or 1, `pixels` is (k, 32, 32, 3) uint8.
    """

    index: NDArray[np.int64]
    label: NDArray[np.int8]
    pixels: NDArray[np.uint8]


def wanted(member: Member) -> Iterator[Wanted]:
    """Read a member chunk by chunk, about 3 MB at a time, and keep our two classes."""
    if member.size % RECORD_BYTES:
        raise Refusal(
            f"{member.name} has {member.size:,} bytes, which is not a multiple of {RECORD_BYTES:,}, the size "
            "of a CIFAR-100 record: download or upload the archive again and compare its MD5."
        )
    start = 0
    while chunk := member.content.read(CHUNK_RECORDS * RECORD_BYTES):
        rows = np.frombuffer(chunk, dtype=np.uint8).reshape(-1, RECORD_BYTES)
        yield select(rows, start, member.name)
        start += len(rows)


def select(rows: NDArray[np.uint8], start: int, name: str) -> Wanted:
    """Keep our classes out of records (n, 3074), the first of which is number `start` of file `name`."""
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
    planes = rows[kept, 2:].reshape(-1, 3, SIDE, SIDE)
    return Wanted(start + kept, label[kept], np.ascontiguousarray(planes.transpose(0, 2, 3, 1)))
