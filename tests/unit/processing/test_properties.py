"""What must hold for any input, tried on drawn ones."""

import io
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from common.archives import Member
from common.jobs import Refusal
from processing import png, records, transform
from processing.image import LabelledImage, digest, digests
from processing.split import plan


@pytest.mark.parametrize("count", [0, 1, 1023, 1024, 1025, 2500])
def test_every_record_is_read_once_at_any_length(count: int) -> None:
    random = np.random.default_rng(count)
    rows = random.integers(0, 256, (count, records.RECORD_BYTES), dtype=np.uint8)
    rows[:, 0] %= 20
    rows[:, 1] = random.choice([8, 48, 3], count)
    member = Member("x.bin", rows.size, False, False, io.BytesIO(rows.tobytes()))
    read = [records.select(chunk) for chunk in records.read_records(member)]
    index = [int(each) for chunk in read for each in chunk.index]
    labels = [int(each) for chunk in read for each in chunk.label]
    expected = [(place, int(fine == 48)) for place, fine in enumerate(rows[:, 1]) if fine != 3]
    assert list(zip(index, labels, strict=True)) == expected
    for chunk in read:
        for place, pixels in zip(chunk.index, chunk.pixels, strict=True):
            assert pixels.transpose(2, 0, 1).tobytes() == rows[place, 2:].tobytes()


@pytest.mark.parametrize("shape", [(1, 1), (32, 32), (28, 40), (64, 64), (65, 64), (224, 200)])
def test_an_encoded_picture_decodes_to_the_same_pixels(shape: tuple[int, int]) -> None:
    pixels = np.random.default_rng(shape[0]).integers(0, 256, (*shape, 3), dtype=np.uint8)
    image = Image.open(io.BytesIO(png.encode(pixels)))
    image.load()
    assert image.mode == "RGB"
    assert np.array_equal(np.asarray(image), pixels)


@pytest.mark.parametrize(("count", "height", "width"), [(0, 32, 32), (1, 32, 32), (5, 32, 32), (3, 7, 50)])
def test_images_encoded_together_have_the_files_and_the_pixels_that_each_has_alone(
    count: int, height: int, width: int
) -> None:
    pixels = np.random.default_rng(count).integers(0, 256, (count, height, width, 3), dtype=np.uint8)
    files = png.encode_all(pixels)
    assert [each.tobytes() for each in files] == [png.encode(each) for each in pixels]
    assert np.array_equal(png.view_pixels(files, height, width), pixels)
    assert digests(pixels) == [digest(each) for each in pixels]


def test_images_too_large_to_be_stored_are_not_encoded_together() -> None:
    with pytest.raises(ValueError, match="one by one"):
        png.encode_all(np.zeros((2, 80, 80, 3), dtype=np.uint8))


def drawn(count: int, seed: int) -> list[LabelledImage]:
    """Images with many equal ones among them."""
    random = np.random.default_rng(seed)
    return [
        LabelledImage(
            str(random.choice(["train", "train", "test", "curated"])),
            f"p{index}",
            int(random.integers(2)),
            f"d{random.integers(count)}",
        )
        for index in range(count)
    ]


@pytest.mark.parametrize("seed", range(10))
def test_splits_are_disjoint_and_nothing_is_lost(seed: int) -> None:
    images = drawn(300, seed)
    made = plan(images, 0.2, seed)
    seen = {name: {each.digest for each in chosen} for name, chosen in made.splits.items()}
    assert not seen["train"] & seen["validation"]
    assert not seen["test"] & (seen["train"] | seen["validation"])
    assert set.union(*seen.values()) == {each.digest for each in images}
    left_out = made.duplicates.equal_to_test + made.duplicates.within_training
    assert sum(map(len, made.splits.values())) + left_out == len(images)


@pytest.mark.parametrize("seed", range(10))
def test_the_order_in_which_pictures_come_does_not_matter(seed: int) -> None:
    images = drawn(200, seed)
    shuffled = [images[place] for place in np.random.default_rng(seed).permutation(len(images))]
    assert plan(images, 0.1, 1) == plan(shuffled, 0.1, 1)


@pytest.mark.parametrize("share", [0.05, 0.1, 0.25, 0.5])
def test_each_class_gives_its_own_share(share: float) -> None:
    images = [LabelledImage("train", f"p{index}", int(index >= 300), f"d{index}") for index in range(400)]
    held = plan(images, share, 3).splits["validation"]
    assert Counter(each.label for each in held) == {0: round(300 * share), 1: round(100 * share)}


def test_one_picture_of_a_class_cannot_be_split() -> None:
    images = [LabelledImage("train", f"p{index}", int(index == 0), f"d{index}") for index in range(9)]
    with pytest.raises(Refusal, match="holds 1 distinct motorcycle"):
        plan(images, 0.1, 1)


def test_a_digest_tells_shapes_apart() -> None:
    flat = np.zeros((2, 8, 3), dtype=np.uint8)
    assert digest(flat) != digest(flat.reshape(4, 4, 3))


def test_an_augmented_copy_depends_on_picture_number_and_seed_only() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    first = transform.augment(pixels, "ab" * 32, 1, 42)
    assert np.array_equal(first, transform.augment(pixels, "ab" * 32, 1, 42))
    others = [("ab" * 32, 2, 42), ("ab" * 32, 1, 43), ("cd" * 32, 1, 42)]
    assert not any(np.array_equal(first, transform.augment(pixels, *other)) for other in others)
    assert first.shape == pixels.shape
