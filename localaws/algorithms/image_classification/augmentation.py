"""Random changes to a batch of training images, as AWS's page IC-Hyperparameter describes ``augmentation_type``.

Only the pixels that a crop keeps are computed, each from where rotation, shear, stretch, mirror and crop together take
it from: as Pillow's affine transform and a crop would, to within rounding.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from localaws.algorithms.image_classification.colour import shift_colours
from localaws.algorithms.image_classification.images import Pixels, crop_centre

MAX_ROTATION = np.deg2rad(10.0)
MAX_SHEAR = 0.1
MAX_ASPECT_CHANGE = 0.25
RGB_CHANNELS = 3
WHITE = 255

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]


def augment(
    images: Sequence[Pixels], height: int, width: int, kind: str | None, rng: np.random.Generator
) -> npt.NDArray[np.generic]:
    """Cut training images to one size and change them at random.

    ``kind`` is None (a centre crop and nothing else), ``crop`` (random place, mirrored half of the time),
    ``crop_color`` (hue, saturation and lightness as well) or ``crop_color_transform`` (rotation, shear and
    aspect ratio as well). Returns (count, height, width, channels), 0 to 255.
    """
    if kind is None:
        return np.stack([crop_centre(image, height, width) for image in images])
    transforms = draw_transforms(len(images), rng) if kind == "crop_color_transform" else None
    draws = rng.random((3, len(images)))
    # A channel a plane: operations on whole planes are several times as quick as on every third number.
    planes = np.empty((images[0].shape[-1], len(images), height, width), np.float32)
    for shape, chosen in _group_by_shape(images).items():
        rows, columns = _crop_places(shape[:2], (height, width), draws[:, chosen])
        sources = np.stack([images[index] for index in chosen])
        cut = _cut(sources, rows, columns) if transforms is None else sample(sources, rows, columns, transforms[chosen])
        if len(chosen) == len(images):
            planes = cut
        else:
            planes[:, chosen] = cut
    if kind != "crop" and len(planes) == RGB_CHANNELS:
        planes = shift_colours(planes, rng)
    return np.moveaxis(planes, 0, -1)


def draw_transforms(count: int, rng: np.random.Generator) -> Doubles:
    """Draw a matrix (2, 2) for each image: a rotation times a shear times a stretch that keeps the area."""
    angle = rng.uniform(-MAX_ROTATION, MAX_ROTATION, count)
    shear = rng.uniform(-MAX_SHEAR, MAX_SHEAR, count)
    aspect = np.sqrt(1 + rng.uniform(-MAX_ASPECT_CHANGE, MAX_ASPECT_CHANGE, count))
    cos, sin = np.cos(angle), np.sin(angle)
    rows = [[cos * aspect, (cos * shear - sin) / aspect], [sin * aspect, (sin * shear + cos) / aspect]]
    return np.moveaxis(np.array(rows), -1, 0)


def sample(images: npt.NDArray[np.uint8], rows: Places, columns: Places, transform: Doubles) -> Floats:
    """Compute pixels (channels, count, rows, columns) of images that are transformed about their middle.

    A pixel between others is interpolated, one at the border repeats it, and one from outside is white.
    """
    count, high, wide, channels = images.shape
    across = (columns + np.float32(0.5 - wide / 2)).astype(np.float32)[:, None, :]
    down = (rows + np.float32(0.5 - high / 2)).astype(np.float32)[:, :, None]
    by_x, by_y = np.moveaxis(transform.astype(np.float32), 2, 0)[:, :, :, None, None]
    x = by_x[:, 0] * across + (by_y[:, 0] * down + np.float32(wide / 2))
    y = by_x[:, 1] * across + (by_y[:, 1] * down + np.float32(high / 2))
    outside = (x < 0) | (x >= wide) | (y < 0) | (y >= high)
    left, x_share = _split(x)
    top, y_share = _split(y)
    lefts = [np.clip(left + offset, 0, wide - 1) for offset in (0, 1)]
    first = np.arange(count)[:, None, None] * high
    tops = [(np.clip(top + offset, 0, high - 1) + first) * wide for offset in (0, 1)]
    sampled = np.empty((channels, *x.shape), np.float32)
    for channel, plane in enumerate(np.ascontiguousarray(images.reshape(-1, channels).T, np.float32)):
        upper, lower = (_blend(plane.take(at + lefts[0]), plane.take(at + lefts[1]), x_share) for at in tops)
        sampled[channel] = _blend(upper, lower, y_share)
    sampled[:, outside] = WHITE
    return sampled


def _cut(images: npt.NDArray[np.uint8], rows: Places, columns: Places) -> Floats:
    kept = images[np.arange(len(images))[:, None, None], rows[:, :, None], columns[:, None, :]]
    return np.ascontiguousarray(np.moveaxis(kept, -1, 0), np.float32)


def _split(place: Floats) -> tuple[Places, Floats]:
    """Give the pixel whose middle is before a place, and the share of the way to the next one."""
    before = np.floor(place - np.float32(0.5))
    return before.astype(np.intp), place - np.float32(0.5) - before


def _blend(first: Floats, second: Floats, share: Floats) -> Floats:
    """Mix two arrays, the first of which is overwritten."""
    second -= first
    second *= share
    first += second
    return first


def _crop_places(size: tuple[int, ...], wanted: tuple[int, int], draws: Doubles) -> tuple[Places, Places]:
    """Give the rows and columns that each image keeps, by three random numbers each; mirrored columns run back."""
    free = np.array(size) - wanted + 1
    tops, lefts = (draws[:2] * free[:, None]).astype(np.intp)
    height, width = wanted
    forth = np.arange(width)
    columns = lefts[:, None] + np.where(draws[2][:, None] < 0.5, forth[::-1], forth)
    return tops[:, None] + np.arange(height), columns


def _group_by_shape(images: Sequence[Pixels]) -> dict[tuple[int, ...], list[int]]:
    groups: dict[tuple[int, ...], list[int]] = {}
    for index, image in enumerate(images):
        groups.setdefault(image.shape, []).append(index)
    return groups
