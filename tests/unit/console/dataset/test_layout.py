"""The layout is the published one."""

import tarfile
from pathlib import Path

import numpy as np
import pytest

from console.dataset.layout import (
    BICYCLE,
    COARSE_NAMES,
    COARSE_OF_FINE,
    FINE_NAMES,
    FINE_NAMES_FILE,
    MOTORCYCLE,
    RECORD_BYTES,
    TRAIN,
    names_file,
)

PUBLISHED = Path(__file__).parents[5] / "shared" / "data" / "cifar-100-binary-subset.tar.gz"


def test_bicycle_and_motorcycle_have_their_published_labels() -> None:
    assert (BICYCLE, MOTORCYCLE) == (8, 48)
    assert COARSE_NAMES[COARSE_OF_FINE[8]] == COARSE_NAMES[COARSE_OF_FINE[48]] == "vehicles_1"


def test_every_coarse_class_has_five_fine_ones() -> None:
    assert (len(FINE_NAMES), len(COARSE_NAMES), RECORD_BYTES) == (100, 20, 3074)
    assert np.bincount(COARSE_OF_FINE).tolist() == [5] * 20


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the real pictures are not here")
def test_names_and_families_are_those_of_the_real_archive() -> None:
    with tarfile.open(PUBLISHED) as archive:
        names = archive.extractfile(FINE_NAMES_FILE).read()
        labels = np.frombuffer(archive.extractfile(TRAIN).read(), np.uint8).reshape(-1, RECORD_BYTES)[:, :2]
    assert names.split() == names_file(FINE_NAMES).split()
    assert {tuple(pair) for pair in labels.tolist()} == {(COARSE_OF_FINE[fine], fine) for fine in range(100)}
