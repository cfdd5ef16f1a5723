"""The built-in sample: a drawn data set in the published layout, the same bytes for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from console.dataset.drawing.picture import draw_picture
from console.dataset.layout import (
    BICYCLE,
    COARSE_NAMES,
    COARSE_NAMES_FILE,
    COARSE_OF_FINE,
    FINE_NAMES,
    FINE_NAMES_FILE,
    MOTORCYCLE,
    TEST,
    TRAIN,
    names_file,
)
from console.dataset.tarball import write_tarball

PICTURES = {TRAIN: (500, 4), TEST: (100, 1)}
"""Pictures of each of the two classes, and of each of the other 98, in the two splits."""

Progress = Callable[[int, int], None]
"""Is told how much is done and how much there is."""


def draw_sample(path: Path, seed: int = 7, progress: Progress | None = None) -> None:
    """Draw the sample data set into a gzip tar archive at path, which is replaced only when all is drawn.

    Every picture has a random stream of its own, made of the seed, the split and its number, so a change to
    one drawing leaves the others as they were. progress counts pictures.
    """
    tell = progress or (lambda _done, _total: None)
    splits = {member: _labels(member, seed) for member in PICTURES}
    total = sum(len(labels) for labels in splits.values())
    files, done = {}, 0
    for stream, (member, labels) in enumerate(splits.items()):
        records = []
        for record in _records(labels, seed, stream):
            records.append(record)
            done += 1
            tell(done, total)
        files[member] = b"".join(records)
    files[FINE_NAMES_FILE] = names_file(FINE_NAMES)
    files[COARSE_NAMES_FILE] = names_file(COARSE_NAMES)
    write_tarball(path, files)


def _labels(member: str, seed: int) -> list[int]:
    """Return the fine labels of a split's pictures, in the shuffled order of its records."""
    many, few = PICTURES[member]
    counts = [many if fine in (BICYCLE, MOTORCYCLE) else few for fine in range(len(FINE_NAMES))]
    ordered = np.repeat(np.arange(len(FINE_NAMES)), counts)
    shuffled: list[int] = np.random.default_rng([seed, many]).permutation(ordered).tolist()
    return shuffled


def _records(labels: list[int], seed: int, stream: int) -> Iterator[bytes]:
    """Draw a split's pictures one by one as records: two labels, then the three planes."""
    for number, fine in enumerate(labels):
        picture = draw_picture(fine, np.random.default_rng([seed, stream, number]))
        yield bytes((COARSE_OF_FINE[fine], fine)) + picture.transpose(2, 0, 1).tobytes()
