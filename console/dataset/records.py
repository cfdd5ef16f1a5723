"""Count the records of a split by class, a chunk of them in memory at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from common.archives import Member
from console.dataset.error import ArchiveError
from console.dataset.layout import BICYCLE, COARSE_NAMES, FINE_NAMES, MOTORCYCLE, RECORD_BYTES

CHUNK_BYTES: Final = 1024 * RECORD_BYTES


@dataclass(frozen=True)
class SplitFacts:
    """How many records a split has, and how many of them are of the two classes."""

    records: int
    bicycles: int
    motorcycles: int


def count_records(split: Member) -> SplitFacts:
    """Return what a split holds; raises ArchiveError if these are not CIFAR-100's records."""
    if split.size % RECORD_BYTES:
        raise ArchiveError(
            f"{split.name} has {split.size:,} bytes, which is no multiple of a record's {RECORD_BYTES:,}"
        )
    counts = np.zeros(len(FINE_NAMES), np.int64)
    for chunk in split.blocks(CHUNK_BYTES):
        counts += _count_chunk(split.name, chunk)
    return SplitFacts(int(counts.sum()), int(counts[BICYCLE]), int(counts[MOTORCYCLE]))


def _count_chunk(name: str, chunk: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Return how many records of each fine label are in the chunk."""
    coarse, fine = np.frombuffer(chunk, np.uint8).reshape(-1, RECORD_BYTES)[:, :2].T
    if coarse.max() >= len(COARSE_NAMES) or fine.max() >= len(FINE_NAMES):
        raise ArchiveError(
            f"{name} has the labels {coarse.max()} (coarse) and {fine.max()} (fine), "
            f"where {len(COARSE_NAMES) - 1} and {len(FINE_NAMES) - 1} are the highest: it is damaged"
        )
    return np.bincount(fine, minlength=len(FINE_NAMES)).astype(np.int64)
