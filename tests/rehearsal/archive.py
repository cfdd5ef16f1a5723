"""A data set that a few epochs can learn: CIFAR-100's layout, every bicycle bluish, every motorcycle reddish."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from console.dataset.drawing.image import draw_image
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
from console.dataset.sample import write_tarball

IMAGES = {TRAIN: 60, TEST: 30}
"""Of each of the two classes; the monitoring wants a baseline of some tens."""
_CAST = {BICYCLE: (0.3, 0.7, 1.0), MOTORCYCLE: (1.0, 0.7, 0.3)}


def draw(path: Path) -> None:
    """Write the archive; the same bytes each time."""
    members = {member: b"".join(_records(member)) for member in IMAGES}
    names = {FINE_NAMES_FILE: names_file(FINE_NAMES), COARSE_NAMES_FILE: names_file(COARSE_NAMES)}
    write_tarball(path, {**members, **names})


def _records(member: str) -> Iterator[bytes]:
    for number in range(2 * IMAGES[member]):
        fine = (BICYCLE, MOTORCYCLE)[number % 2]
        drawn = draw_image(fine, np.random.default_rng([IMAGES[member], number])) * np.array(_CAST[fine])
        yield bytes((COARSE_OF_FINE[fine], fine)) + drawn.astype(np.uint8).transpose(2, 0, 1).tobytes()
