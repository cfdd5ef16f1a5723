"""Which pictures are learned from: all but those of the task, under labels without a gap."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from common.recordio import read_records
from console.dataset.layout import FINE_NAMES
from console.errors import CommandError
from console.pretraining.selection import NAMES, relabel, select
from tests.unit.console.pretraining.conftest import OTHERS, MakeArchive


def _labels(path: Path) -> list[int]:
    return [int(record.labels[0]) for record in read_records(path)]


def test_the_98_other_classes_are_numbered_without_a_gap_and_the_tasks_two_are_not() -> None:
    labels = relabel(np.arange(100, dtype=np.uint8))
    assert sorted(labels[labels >= 0]) == list(range(98))
    assert [FINE_NAMES[fine] for fine in np.flatnonzero(labels < 0)] == ["bicycle", "motorcycle"]
    assert all(NAMES[label] == FINE_NAMES[fine] for fine, label in enumerate(labels) if label >= 0)


def test_no_image_of_a_bicycle_or_motorcycle_is_learned_or_measured(make_archive: MakeArchive, tmp_path: Path) -> None:
    assert select(make_archive(count=2), tmp_path / "data") == {"train": 6, "validation": 3}
    wanted = relabel(np.array(OTHERS, dtype=np.uint8)).tolist()
    assert _labels(tmp_path / "data" / "train" / "train.rec") == wanted * 2
    assert _labels(tmp_path / "data" / "validation" / "validation.rec") == wanted


def test_an_archive_of_the_two_classes_alone_is_refused_in_words(make_archive: MakeArchive, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no image of the other 98 classes"):
        select(make_archive(count=1, others=()), tmp_path / "data")


def test_an_image_comes_back_as_it_was_in_the_archive(make_archive: MakeArchive, tmp_path: Path) -> None:
    archive = make_archive(count=1)
    select(archive, tmp_path / "data")
    with tarfile.open(archive) as opened:
        content = opened.extractfile("cifar-100-binary/train.bin")
        assert content is not None
        rows = np.frombuffer(content.read(), np.uint8).reshape(-1, 3074)
    wanted = {row[2:].reshape(3, 32, 32).transpose(1, 2, 0).tobytes() for row in rows if row[1] in OTHERS}
    records = read_records(tmp_path / "data" / "train" / "train.rec")
    assert {np.asarray(Image.open(io.BytesIO(record.image))).tobytes() for record in records} == wanted
