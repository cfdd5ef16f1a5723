"""Random changes to training images."""

import colorsys

import numpy as np
import pytest

from localaws.algorithms.image_classification.augmentation import augment
from localaws.algorithms.image_classification.colour import shift_colours, to_hsl, to_rgb

GRADIENT = np.arange(12 * 12 * 3, dtype=np.uint32).reshape(12, 12, 3).astype(np.uint8)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_without_augmentation_the_centre_is_cut_and_nothing_is_random() -> None:
    assert (augment([GRADIENT], 8, 8, None, rng())[0] == GRADIENT[2:10, 2:10]).all()


def test_crops_come_from_every_place_and_both_sides() -> None:
    seen = {augment([GRADIENT], 11, 11, "crop", generator)[0].tobytes() for generator in [rng()] for _ in range(100)}
    possible = [GRADIENT[top : top + 11, left : left + 11] for top in range(2) for left in range(2)]
    assert seen == {image.tobytes() for crop in possible for image in (crop, crop[:, ::-1])}


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
    colours = rng().random((50, 3)).astype(np.float32)
    hue, saturation, lightness = to_hsl(colours)
    expected = np.array([colorsys.rgb_to_hls(*map(float, colour)) for colour in colours])
    np.testing.assert_allclose(np.stack([hue / 360, lightness, saturation], axis=-1), expected, atol=1e-4)


def test_colours_come_back_from_hue_saturation_and_lightness() -> None:
    colours = np.concatenate([rng().random((50, 3)), np.zeros((1, 3)), np.ones((1, 3))]).astype(np.float32)
    np.testing.assert_allclose(to_rgb(*to_hsl(colours)), colours, atol=1e-5)


def test_one_image_gets_one_shift_for_all_its_pixels() -> None:
    plain = np.full((3, 4, 4, 3), (200, 100, 50), np.float32)
    shifted = shift_colours(plain, rng())
    assert (np.ptp(shifted, axis=(1, 2)) < 1e-3).all()
    assert np.ptp(shifted[:, 0, 0], axis=0).max() > 5
