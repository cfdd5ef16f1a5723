"""Random changes to training images."""

import colorsys

import numpy as np
import pytest
from PIL import Image

from localaws.algorithms.image_classification.augmentation import augment, draw_transforms, sample
from localaws.algorithms.image_classification.colour import shift_colours, to_hsl, to_rgb

GRADIENT = np.arange(12 * 12 * 3, dtype=np.uint32).reshape(12, 12, 3).astype(np.uint8)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_without_augmentation_the_centre_is_cut_and_nothing_is_random() -> None:
    assert (augment([GRADIENT], 8, 8, None, rng())[0] == GRADIENT[2:10, 2:10]).all()


def test_crops_come_from_every_place_and_both_sides() -> None:
    seen = {augment([GRADIENT], 11, 11, "crop", generator)[0].tobytes() for generator in [rng()] for _ in range(100)}
    possible = [GRADIENT[top : top + 11, left : left + 11] for top in range(2) for left in range(2)]
    assert seen == {image.astype(np.float32).tobytes() for crop in possible for image in (crop, crop[:, ::-1])}


def test_images_of_different_sizes_come_out_alike() -> None:
    images = [np.zeros((9, 20, 3), np.uint8), np.zeros((30, 8, 3), np.uint8)]
    for kind in (None, "crop", "crop_color", "crop_color_transform"):
        assert augment(images, 8, 8, kind, rng()).shape == (2, 8, 8, 3)


@pytest.mark.parametrize("kind", ["crop_color", "crop_color_transform"])
def test_colours_change_and_stay_within_bounds(kind: str) -> None:
    changed = augment([GRADIENT] * 8, 12, 12, kind, rng())
    assert changed.min() >= 0
    assert changed.max() <= 255.001
    assert len({image.tobytes() for image in changed}) == 8


def test_grey_images_keep_their_one_channel() -> None:
    assert augment([GRADIENT[:, :, :1]] * 2, 8, 8, "crop_color_transform", rng()).shape == (2, 8, 8, 1)


def test_a_transform_moves_pixels_a_little() -> None:
    image = np.zeros((21, 21, 3), np.uint8)
    image[8:13, 8:13] = 255
    changed = augment([image] * 20, 21, 21, "crop_color_transform", rng())
    brightness = changed.mean(axis=-1)
    assert (brightness[:, 10, 10] > 190).all(), "the middle stays in the middle"
    assert len({tuple((image > 100).ravel()) for image in brightness}) > 5


def test_the_same_seed_gives_the_same_images() -> None:
    first, second = (augment([GRADIENT] * 4, 8, 8, "crop_color_transform", rng()) for _ in range(2))
    assert (first == second).all()


def test_hue_saturation_and_lightness_are_those_of_the_standard_library() -> None:
    colours = rng().random((3, 50)).astype(np.float32)
    hue, saturation, lightness = to_hsl(colours)
    expected = np.array([colorsys.rgb_to_hls(*map(float, colour)) for colour in colours.T])
    np.testing.assert_allclose(np.stack([hue / 360, lightness, saturation], axis=-1), expected, atol=1e-4)


def test_colours_come_back_from_hue_saturation_and_lightness() -> None:
    colours = np.concatenate([rng().random((3, 50)), np.zeros((3, 1)), np.ones((3, 1))], axis=1).astype(np.float32)
    np.testing.assert_allclose(to_rgb(*to_hsl(colours)), colours, atol=1e-5)


def test_one_image_gets_one_shift_for_all_its_pixels() -> None:
    plain = np.broadcast_to(np.array([200, 100, 50], np.float32)[:, None, None, None], (3, 3, 4, 4))
    shifted = shift_colours(plain, rng())
    assert (np.ptp(shifted, axis=(2, 3)) < 1e-3).all()
    assert np.ptp(shifted[:, :, 0, 0], axis=1).max() > 5


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [(32, 32), (30, 41)])
def test_a_transform_is_pillow_s_to_within_one_grey_level(channels: int, size: tuple[int, int]) -> None:
    height, width = size
    images = rng().integers(0, 256, (200, height, width, channels)).astype(np.uint8)
    transforms = draw_transforms(len(images), rng())
    everywhere = [np.tile(np.arange(side), (len(images), 1)) for side in size]
    ours = np.moveaxis(sample(images, *everywhere, transforms), 0, -1)
    theirs = np.stack([transform_by_pillow(*each) for each in zip(images, transforms, strict=True)])
    far = np.abs(ours - theirs.reshape(ours.shape)).max(axis=-1)
    assert np.mean(far > 1.001) < 1e-5, (
        "only a place at the border itself may be in it for one and outside for the other"
    )


def transform_by_pillow(image: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """What trained before: one image at a time, rounded to whole grey levels."""
    drawn = Image.fromarray(image.squeeze())
    middle = np.array([drawn.width / 2, drawn.height / 2])
    shift = middle - matrix @ middle
    coefficients = (*map(float, matrix[0]), float(shift[0]), *map(float, matrix[1]), float(shift[1]))
    fill = (255, 255, 255) if drawn.mode == "RGB" else 255
    way, kind = Image.Transform.AFFINE, Image.Resampling.BILINEAR
    return np.asarray(drawn.transform(drawn.size, way, coefficients, kind, fillcolor=fill), np.float32)


def test_transforms_stay_within_what_aws_s_page_says() -> None:
    matrices = draw_transforms(2000, rng())
    np.testing.assert_allclose(np.linalg.det(matrices), 1, rtol=1e-9)
    angles = np.degrees(np.arctan2(matrices[:, 1, 0], matrices[:, 0, 0]))
    stretch = np.hypot(matrices[:, 0, 0], matrices[:, 1, 0]) ** 2
    assert 9.5 < np.abs(angles).max() <= 10
    assert 0.75 <= stretch.min() < 0.76
    assert 1.24 < stretch.max() <= 1.25


def test_a_crop_of_a_transform_is_the_transform_of_a_crop() -> None:
    images = rng().integers(0, 256, (4, 16, 16, 3)).astype(np.uint8)
    transforms = draw_transforms(4, rng())
    rows, columns = np.tile(np.arange(3, 11), (4, 1)), np.tile(np.arange(12, 4, -1), (4, 1))
    everywhere = np.tile(np.arange(16), (4, 1))
    whole = sample(images, everywhere, everywhere, transforms)
    np.testing.assert_allclose(sample(images, rows, columns, transforms), whole[:, :, 3:11, 12:4:-1], atol=1e-3)
