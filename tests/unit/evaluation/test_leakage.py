"""Which images are found in two splits, and which are not."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from evaluation.split import Split
from evaluation.trust import leakage
from evaluation.trust.image_stats import ImageStats, compute_stats

RANDOM = np.random.default_rng(3)


def drawn() -> Image.Image:
    """An image of its own: large blots of colour."""
    blots = Image.fromarray(RANDOM.integers(0, 256, (4, 4, 3), dtype=np.uint8))
    return blots.resize((32, 32), Image.Resampling.BICUBIC)


@pytest.fixture
def split(tmp_path: Path) -> Callable[[str, list[Image.Image]], ImageStats]:
    """Write images as a split, and look at it."""

    def save(name: str, images: list[Image.Image]) -> ImageStats:
        (tmp_path / name).mkdir()
        paths = [f"{index}.png" for index in range(len(images))]
        for path, image in zip(paths, images, strict=True):
            image.save(tmp_path / name / path)
        return compute_stats(Split(name, tmp_path / name, paths, [0] * len(paths)))

    return save


def as_jpeg(image: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return Image.open(buffer)


CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "encoded": as_jpeg,
    "larger": lambda image: image.resize((64, 64), Image.Resampling.BICUBIC),
    "a little brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.03),
    "blurred": lambda image: image.filter(ImageFilter.GaussianBlur(0.7)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_copy_is_near(
    split: Callable[[str, list[Image.Image]], ImageStats], change: Callable[[Image.Image], Image.Image]
) -> None:
    images = [drawn() for _ in range(20)]
    train, test = split("train", images), split("test", [drawn(), change(images[7]), drawn()])
    found = leakage.check([train, test])["test_train"]
    assert found == {"exact": 0, "near": 1, "pairs": [{"train": "7.png", "test": "1.png", "kind": "near"}]}
    assert leakage.warning({"test_train": found}) is None


def test_the_same_pixels_are_exact_and_warned_of_once(split: Callable[[str, list[Image.Image]], ImageStats]) -> None:
    twice, other = drawn(), drawn()
    train, test = split("train", [twice, twice, drawn()]), split("test", [other, twice])
    found = leakage.check([train, test])
    assert found["test_train"]["exact"] == 1
    assert {"train": "0.png", "test": "1.png", "kind": "exact"} in found["test_train"]["pairs"]
    warning = leakage.warning(found)
    assert warning is not None
    assert warning.startswith("Warning: 1 of the test images")


def test_pictures_of_their_own_are_not_alike(split: Callable[[str, list[Image.Image]], ImageStats]) -> None:
    found = leakage.check([split("train", [drawn() for _ in range(60)]), split("test", [drawn() for _ in range(60)])])
    assert found["test_train"] == {"exact": 0, "near": 0, "pairs": []}


def test_a_plain_ground_does_not_make_pictures_alike(split: Callable[[str, list[Image.Image]], ImageStats]) -> None:
    dark, light = (Image.new("RGB", (32, 32), (grey, grey, grey)) for grey in (20, 230))
    found = leakage.check([split("train", [dark]), split("test", [light])])["test_train"]
    assert (found["exact"], found["near"]) == (0, 0)


def test_only_the_first_twenty_are_named_and_all_are_counted(
    split: Callable[[str, list[Image.Image]], ImageStats],
) -> None:
    images = [drawn() for _ in range(25)]
    found = leakage.check([split("train", images), split("test", images)])["test_train"]
    assert found["exact"] == 25
    assert len(found["pairs"]) == 20


def test_parts_of_the_work_find_what_the_whole_finds(
    split: Callable[[str, list[Image.Image]], ImageStats], monkeypatch: pytest.MonkeyPatch
) -> None:
    images = [drawn() for _ in range(12)]
    stats = [split("train", images), split("test", [as_jpeg(image) for image in images])]
    whole = leakage.check(stats)
    monkeypatch.setattr(leakage, "CHUNK_CELLS", 1)
    assert leakage.check(stats) == whole
    assert whole["test_train"]["near"] == 12


def test_bits_are_counted_in_every_number() -> None:
    numbers = RANDOM.integers(0, 2**63, 200, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    assert leakage._ones(numbers).tolist() == [int(number).bit_count() for number in numbers]
