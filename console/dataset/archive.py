"""Check that a file is a usable data set archive before it is uploaded; nothing is unpacked to disk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from common.archives import BadArchive, Limits, Member, Readable, read_tar
from console.dataset.layout import (
    BICYCLE,
    COARSE_NAMES,
    FINE_NAMES,
    FINE_NAMES_FILE,
    MEMBERS,
    MOTORCYCLE,
    RECORD_BYTES,
    TEST,
    TRAIN,
)
from console.errors import CommandError

MAX_ARCHIVE_BYTES: Final = 1 << 30
"""The published archive has about 169 million bytes; six times as much is surely something else."""
GZIP_MAGIC: Final = b"\x1f\x8b"
MAX_NAMES_BYTES: Final = 1 << 16
LIMITS: Final = Limits(members=64, file_bytes=1 << 30, total_bytes=4 << 30)
"""The published archive has six members, of which train.bin is the largest with 153,700,000 bytes."""
CHUNK_BYTES: Final = 1024 * RECORD_BYTES

TAKE_THE_BINARY_ONE: Final = "give the published cifar-100-binary.tar.gz, or draw one with `scones dataset sample`"


@dataclass(frozen=True)
class SplitFacts:
    """How many records a split has, and how many of them are of the two classes."""

    records: int
    bicycles: int
    motorcycles: int


@dataclass(frozen=True)
class ArchiveFacts:
    """What is known of an archive that passed every check; bytes and sha256 are the file's own."""

    train: SplitFacts
    test: SplitFacts
    bytes: int
    sha256: str


def check_archive(path: Path) -> ArchiveFacts:
    """Return the facts about an archive in the published binary layout.

    Raises CommandError, with one sentence, for anything else: another kind of file, a damaged or truncated
    archive, the Python version, a missing member or class, unsafe names, links, wrong labels, oversize.
    """
    with _in_words(path):
        _check_outside(path)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            splits = _read_splits(file)
    return ArchiveFacts(splits[TRAIN], splits[TEST], path.stat().st_size, digest)


def _check_outside(path: Path) -> None:
    """Refuse what cannot be an archive at first sight."""
    if not path.is_file():
        raise CommandError(f"there is no such file; {TAKE_THE_BINARY_ONE}")
    size = path.stat().st_size
    if size > MAX_ARCHIVE_BYTES:
        raise CommandError(f"it has {size:,} bytes, and at most {MAX_ARCHIVE_BYTES:,} are taken")
    with path.open("rb") as file:
        start = file.read(12)
    if not start.startswith(GZIP_MAGIC):
        raise CommandError(f"it is not a gzip archive but begins with {start!r}; {TAKE_THE_BINARY_ONE}")


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Name the file whose reading failed, in a sentence."""
    try:
        yield
    except CommandError as error:
        raise CommandError(f"{path}: {error}") from error
    except BadArchive as error:
        raise CommandError(f"{path} ({path.stat().st_size:,} bytes): {error}; fetch or copy it again") from error
    except OSError as error:
        raise CommandError(f"{path}: it cannot be read ({error.strerror})") from error


def _read_splits(file: BinaryIO) -> dict[str, SplitFacts]:
    splits: dict[str, SplitFacts] = {}
    seen: set[str] = set()
    for member in read_members(file):
        _refuse_python_version(member.name)
        seen.add(member.name)
        if member.name in (TRAIN, TEST):
            splits[member.name] = count_records(member)
        elif member.name == FINE_NAMES_FILE:
            _check_names(member.content)
    _require_all(seen, splits)
    return splits


def _refuse_python_version(name: str) -> None:
    """Refuse CIFAR-100's Python version: reading a pickle runs whatever its author wanted to be run."""
    if name.startswith("cifar-100-python/"):
        raise CommandError(
            f"this is the Python version of CIFAR-100, which is pickled and never read here; {TAKE_THE_BINARY_ONE}"
        )


def _check_names(content: Readable) -> None:
    """Refuse label names in another order: labels 8 and 48 would mean something else."""
    names = content.read(MAX_NAMES_BYTES).decode("ascii", "replace").split()
    for label in (BICYCLE, MOTORCYCLE):
        given = names[label] if label < len(names) else "nothing"
        if given != FINE_NAMES[label]:
            raise CommandError(f"{FINE_NAMES_FILE} calls label {label} {given!r} instead of {FINE_NAMES[label]!r}")


def _require_all(seen: set[str], splits: dict[str, SplitFacts]) -> None:
    """Refuse an archive in which a member of the layout, or one of the two classes, is missing."""
    missing = [name for name in MEMBERS if name not in seen]
    if missing:
        raise CommandError(f"the archive has no {', '.join(missing)}; {TAKE_THE_BINARY_ONE}")
    for member, split in splits.items():
        for label, count in ((BICYCLE, split.bicycles), (MOTORCYCLE, split.motorcycles)):
            if count == 0:
                raise CommandError(
                    f"{member} has no {FINE_NAMES[label]} (fine label {label}) in {split.records:,} records, "
                    "and both classes are needed to train and to evaluate"
                )


def read_members(file: BinaryIO) -> Iterator[Member]:
    """Yield the files of a gzip tar archive in its order, each to be read before the next; raises BadArchive."""
    return (member for member in read_tar(file, LIMITS) if not member.is_directory)


def count_records(split: Member) -> SplitFacts:
    """Return what a split holds; raises CommandError if these are not CIFAR-100's records."""
    if split.size % RECORD_BYTES:
        raise CommandError(
            f"{split.name} has {split.size:,} bytes, which is no multiple of a record's {RECORD_BYTES:,}"
        )
    counts = np.zeros(len(FINE_NAMES), np.int64)
    for chunk in split.blocks(CHUNK_BYTES):
        counts += _count_chunk(split.name, chunk)
    return SplitFacts(int(counts.sum()), int(counts[BICYCLE]), int(counts[MOTORCYCLE]))


def _count_chunk(name: str, chunk: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    coarse, fine = np.frombuffer(chunk, np.uint8).reshape(-1, RECORD_BYTES)[:, :2].T
    if coarse.max() >= len(COARSE_NAMES) or fine.max() >= len(FINE_NAMES):
        raise CommandError(
            f"{name} has the labels {coarse.max()} (coarse) and {fine.max()} (fine), "
            f"where {len(COARSE_NAMES) - 1} and {len(FINE_NAMES) - 1} are the highest: it is damaged"
        )
    return np.bincount(fine, minlength=len(FINE_NAMES)).astype(np.int64)
