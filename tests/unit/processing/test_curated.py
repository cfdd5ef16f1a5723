"""Images gathered since: taken in when they are images of ours, refused in words when not."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from processing import curated
from processing.__main__ import main

if TYPE_CHECKING:
    from tests.unit.processing.conftest import Draft


def draw(path: Path, number: int, mode: str = "RGB", size: int = 32) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    rgb = np.random.default_rng(9000 + number).integers(0, 256, (size, size, 3), dtype=np.uint8)
    Image.fromarray(rgb).convert(mode).save(path)
    return path


@pytest.fixture
def folder(draft: Draft, tmp_path: Path) -> Path:
    draft.save(tmp_path / "archive")
    (tmp_path / "curated/bicycle").mkdir(parents=True)
    return tmp_path / "curated"


@pytest.fixture
def refused(arguments: Callable[..., list[str]], tmp_path: Path) -> Callable[[], str]:
    def run() -> str:
        assert main(arguments()) == 1
        assert not list((tmp_path / "run").rglob("*.png"))
        return (tmp_path / "run/message").read_text()

    return run


def manifest(tmp_path: Path) -> dict[str, dict[str, int]]:
    return json.loads((tmp_path / "run/lst/manifest.json").read_text())


def test_curated_pictures_join_training_and_never_the_test_set(
    folder: Path, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    for number in range(40):
        draw(folder / ("bicycle", "motorcycle")[number % 2] / f"{number}.png", number)
    (folder / ".keep").touch()
    (folder / "bicycle/.keep").touch()
    assert main(arguments()) == 0
    counted = manifest(tmp_path)["curated"]
    assert counted["train"] + counted["validation"] == 40
    assert counted["validation"] > 0
    assert counted["test"] == 0


def test_a_picture_keeps_its_side_when_others_join(
    folder: Path, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    for number in range(60):
        draw(folder / f"bicycle/{number}.png", number)
        if number == 29:
            assert main(arguments("before")) == 0
    assert main(arguments("after")) == 0
    for split in ("train", "validation"):
        before = set((tmp_path / "before/lst" / f"{split}.lst").read_text().split()[2::3])
        after = set((tmp_path / "after/lst" / f"{split}.lst").read_text().split()[2::3])
        assert before < after


def test_equal_curated_pictures_are_taken_once_whatever_their_file_format(
    folder: Path, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    draw(folder / "bicycle/one.png", 1)
    Image.open(folder / "bicycle/one.png").save(folder / "bicycle/two.png", compress_level=0)
    assert main(arguments()) == 0
    assert manifest(tmp_path)["duplicates_left_out"]["within_training"] == 1


def test_a_curated_copy_of_a_test_picture_is_left_out(
    folder: Path, tmp_path: Path, arguments: Callable[..., list[str]]
) -> None:
    assert main(arguments("first")) == 0
    test_image = next((tmp_path / "first/test/bicycle").glob("*.png"))
    (folder / "bicycle/leak.png").write_bytes(test_image.read_bytes())
    assert main(arguments()) == 0
    assert manifest(tmp_path)["duplicates_left_out"]["equal_to_test"] == 1


def test_a_grey_picture_and_a_jpeg_become_rgb(folder: Path) -> None:
    grey = draw(folder / "bicycle/grey.png", 1, mode="L")
    jpeg = draw(folder / "bicycle/photo.jpeg", 2, size=50)
    assert curated.load(grey).shape == (32, 32, 3)
    assert curated.load(jpeg).shape == (50, 50, 3)


def test_a_file_that_is_no_picture_is_named(folder: Path, refused: Callable[..., str]) -> None:
    (folder / "bicycle/readme.png").write_text("no image")
    assert "curated image bicycle/readme.png cannot be used" in refused()


def test_a_truncated_picture_is_named(folder: Path, refused: Callable[..., str]) -> None:
    path = draw(folder / "bicycle/half.png", 1)
    path.write_bytes(path.read_bytes()[:500])
    assert "bicycle/half.png cannot be used (The image is broken or cut off" in refused()


def test_an_unknown_label_is_refused(folder: Path, refused: Callable[..., str]) -> None:
    draw(folder / "tricycle/1.png", 1)
    assert "curated holds tricycle/1.png, where only" in refused()


def test_a_picture_outside_a_label_folder_is_refused(folder: Path, refused: Callable[..., str]) -> None:
    draw(folder / "1.png", 1)
    assert "curated holds 1.png, where only" in refused()


def test_a_link_is_refused(folder: Path, tmp_path: Path, refused: Callable[..., str]) -> None:
    (folder / "bicycle/link.png").symlink_to(draw(tmp_path / "elsewhere.png", 1))
    assert "a link or special file" in refused()


def test_a_picture_of_too_many_bytes_is_refused(folder: Path, refused: Callable[..., str]) -> None:
    (folder / "bicycle/big.png").write_bytes(bytes(curated.LIMITS.most_bytes + 1))
    assert "6,000,001 bytes, and 6,000,000 are allowed" in refused()


def test_a_picture_bomb_is_refused_before_it_is_decoded(folder: Path, refused: Callable[..., str]) -> None:
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    data = b"IDAT" + zlib.compress(bytes(100))
    idat = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    (folder / "bicycle/bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk + idat)
    assert "bomb.png" in refused()
