"""Images in their folders."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from processing import options, png
from processing.image import TRAIN, LabelledImage
from processing.split import SPLITS
from processing.store import Store

PICTURE, PIXELS = LabelledImage(TRAIN, "train_00001", 0, "digest"), np.full((32, 32, 3), 7, np.uint8)
PLACES = {(PICTURE.name, PICTURE.label): TRAIN}


def store(folder: Path) -> Store:
    return Store(options.parse([text for name in SPLITS for text in (f"--{name}", str(folder / name))]))


def test_a_picture_is_written_whole_where_the_system_takes_a_part_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.write
    monkeypatch.setattr(os, "write", lambda file, content: whole(file, content[:100]))
    store(tmp_path).write([(PICTURE, PIXELS)], PLACES)
    assert (tmp_path / TRAIN / PICTURE.path()).read_bytes() == png.encode(PIXELS)


def test_a_longer_file_of_an_earlier_run_leaves_nothing_behind(tmp_path: Path) -> None:
    target, output = tmp_path / TRAIN / PICTURE.path(), store(tmp_path)
    target.write_bytes(bytes(100_000))
    output.write([(PICTURE, PIXELS)], PLACES)
    assert target.read_bytes() == png.encode(PIXELS)
