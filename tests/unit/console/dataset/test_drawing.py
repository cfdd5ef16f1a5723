"""The parts of a drawing: pose, wheels, light."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from console.dataset.drawing.bicycle import draw_bicycle
from console.dataset.drawing.image import draw_image, photograph
from console.dataset.drawing.motorcycle import draw_motorcycle
from console.dataset.drawing.pen import CANVAS, Pen, Pose, random_pose
from console.dataset.drawing.scenery import paint_scenery

Draw = Callable[[Pen, np.random.Generator], None]

SIDE_ON = Pose(centre=(64, 64), size=30, tilt=0, squeeze=1, vanishing=0, facing=1)


def ink_on_white(draw: Draw, seed: int) -> NDArray[np.bool_]:
    """Where a vehicle leaves ink: canvas rows x columns, true or false."""
    image = Image.new("RGB", (CANVAS, CANVAS), "white")
    draw(Pen(image, SIDE_ON), np.random.default_rng(seed))
    return np.asarray(image).min(axis=2) < 255


def test_a_point_lies_where_the_pose_puts_it() -> None:
    assert SIDE_ON.place((1, 1)) == (94, 34)


def test_a_mirrored_vehicle_is_the_same_one_the_other_way_round() -> None:
    mirrored = Pose(centre=(64, 64), size=30, tilt=0, squeeze=1, vanishing=0, facing=-1)
    assert mirrored.place((1, 1)) == (34, 34)


def test_the_farther_end_of_a_vehicle_is_the_smaller_one() -> None:
    pose = Pose(centre=(64, 64), size=30, tilt=0, squeeze=0.8, vanishing=0.3, facing=1)
    front, rear = pose.place((1, 1)), pose.place((-1, 1))
    assert 64 - front[1] < 64 - rear[1]


@pytest.mark.parametrize("seed", range(5))
def test_air_shows_through_a_bicycle_and_a_motorcycle_is_filled(seed: int) -> None:
    def between_the_wheels(draw: Draw) -> float:
        return ink_on_white(draw, seed)[52:70, 55:75].mean()

    assert between_the_wheels(draw_bicycle) < between_the_wheels(draw_motorcycle)


@pytest.mark.parametrize("draw", [draw_bicycle, draw_motorcycle])
def test_no_two_vehicles_are_the_same(draw: Draw) -> None:
    drawings = {ink_on_white(draw, seed).tobytes() for seed in range(20)}
    assert len(drawings) == 20


def test_most_of_a_vehicle_is_in_the_image() -> None:
    poses = [random_pose(np.random.default_rng(seed)) for seed in range(300)]
    hubs = np.array([pose.place((x, 0)) for pose in poses for x in (-1, 1)])
    inside = ((hubs > 0) & (hubs < CANVAS)).all(axis=1)
    assert 0.9 < inside.mean() <= 1


def test_scenery_differs_from_place_to_place() -> None:
    backgrounds = {paint_scenery(np.random.default_rng(seed)).tobytes() for seed in range(30)}
    assert len(backgrounds) > 25


def test_a_photograph_has_the_data_sets_size_whatever_the_light() -> None:
    scene = Image.new("RGB", (CANVAS, CANVAS), (200, 120, 40))
    shots = [photograph(scene, np.random.default_rng(seed)) for seed in range(20)]
    assert {(shot.shape, shot.dtype.name) for shot in shots} == {((32, 32, 3), "uint8")}
    assert np.std([shot.mean() for shot in shots]) > 10


def test_an_image_follows_from_its_random_stream_alone() -> None:
    first, again, other = (draw_image(48, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_every_other_class_has_a_figure_of_its_own() -> None:
    figures = {draw_image(fine, np.random.default_rng(5)).tobytes() for fine in range(100)}
    assert len(figures) == 100
