"""A small archive of the published layout: the two classes and three others, in both splits."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from console.dataset.layout import (
    BICYCLE,
    COARSE_NAMES,
    COARSE_NAMES_FILE,
    COARSE_OF_FINE,
    FINE_NAMES,
    FINE_NAMES_FILE,
    IMAGE_BYTES,
    MOTORCYCLE,
    TEST,
    TRAIN,
    names_file,
)
from console.dataset.sample import write_tarball

OTHERS = (0, 9, 99)
MakeArchive = Callable[..., Path]


@pytest.fixture
def make_archive(tmp_path: Path) -> MakeArchive:
    """Write an archive with `count` pictures of each class to train and one to test; answers its path."""

    def make(count: int = 16, others: tuple[int, ...] = OTHERS) -> Path:
        rng = np.random.default_rng(count)
        classes = (BICYCLE, *others, MOTORCYCLE)
        splits = {
            member: b"".join(
                bytes((COARSE_OF_FINE[fine], fine)) + rng.bytes(IMAGE_BYTES) for _ in range(times) for fine in classes
            )
            for member, times in ((TRAIN, count), (TEST, 1))
        }
        names = {FINE_NAMES_FILE: names_file(FINE_NAMES), COARSE_NAMES_FILE: names_file(COARSE_NAMES)}
        write_tarball(tmp_path / "archive.tar.gz", {**splits, **names})
        return tmp_path / "archive.tar.gz"

    return make
