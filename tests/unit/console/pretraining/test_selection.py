"""Which pictures are learned from: all but those of the task, under labels without a gap."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from console.dataset.layout import FINE_NAMES
from console.errors import CommandError
from console.pretraining.selection import NAMES, relabel, select, write_record
from tests.unit.console.pretraining.conftest import OTHERS, MakeArchive


@pytest.fixture(scope="module")
def mx() -> Any:
    return pytest.importorskip("localaws.algorithms.image_classification.engine").mx


def _labels(mx: Any, path: Path) -> list[int]:
    reader = mx.recordio.MXRecordIO(str(path), "r")
    labels = []
    while (record := reader.read()) is not None:
        labels.append(int(mx.recordio.unpack(record)[0].label))
    return labels


def test_the_98_other_classes_are_numbered_without_a_gap_and_the_tasks_two_are_not() -> None:
    labels = relabel(np.arange(100, dtype=np.uint8))
    assert sorted(labels[labels >= 0]) == list(range(98))
    assert [FINE_NAMES[fine] for fine in np.flatnonzero(labels < 0)] == ["bicycle", "motorcycle"]
    assert all(NAMES[label] == FINE_NAMES[fine] for fine, label in enumerate(labels) if label >= 0)


def test_no_picture_of_a_bicycle_or_motorcycle_is_learned_or_measured(
    mx: Any, make_archive: MakeArchive, tmp_path: Path
) -> None:
    assert select(make_archive(count=2), tmp_path / "data") == {"train": 6, "validation": 3}
    wanted = relabel(np.array(OTHERS, dtype=np.uint8)).tolist()
    assert _labels(mx, tmp_path / "data" / "train" / "train.rec") == wanted * 2
    assert _labels(mx, tmp_path / "data" / "validation" / "validation.rec") == wanted


def test_an_archive_of_the_two_classes_alone_is_refused_in_words(make_archive: MakeArchive, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no image of the other 98 classes"):
        select(make_archive(count=1, others=()), tmp_path / "data")


def test_a_picture_comes_back_as_it_was_written(mx: Any, tmp_path: Path) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (32, 32, 3), np.uint8)
    with (tmp_path / "a.rec").open("wb") as file:
        write_record(file, 0, 97, pixels)
    header, encoded = mx.recordio.unpack(mx.recordio.MXRecordIO(str(tmp_path / "a.rec"), "r").read())
    (tmp_path / "a.png").write_bytes(encoded)
    from PIL import Image

    assert header.label == 97
    assert np.array_equal(np.asarray(Image.open(tmp_path / "a.png")), pixels)
