"""Random changes to training images, as AWS's page IC-Hyperparameter describes ``augmentation_type``."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from localaws.algorithms.image_classification.colour import shift_colours
from localaws.algorithms.image_classification.images import Pixels, crop_centre, to_pixels

MAX_ROTATION_DEGREES = 10.0
MAX_SHEAR = 0.1
MAX_ASPECT_CHANGE = 0.25
RGB_CHANNELS = 3
WHITE = 255


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
    if kind == "crop_color_transform":
        images = [_transform(image, rng) for image in images]
    cropped = np.stack([_crop_at_random(image, height, width, rng) for image in images])
    if kind == "crop" or cropped.shape[-1] != RGB_CHANNELS:
        return cropped
    return shift_colours(cropped.astype(np.float32), rng)


def _crop_at_random(image: Pixels, height: int, width: int, rng: np.random.Generator) -> Pixels:
    top = rng.integers(image.shape[0] - height + 1)
    left = rng.integers(image.shape[1] - width + 1)
    cropped = image[top : top + height, left : left + width]
    return cropped[:, ::-1] if rng.random() < 0.5 else cropped


def _transform(image: Pixels, rng: np.random.Generator) -> Pixels:
    """Rotate, shear and stretch an image about its middle; what comes in from outside is white."""
    height, width = image.shape[:2]
    drawn = Image.fromarray(image.squeeze())
    matrix = _draw_matrix(rng)
    middle = np.array([width / 2, height / 2])
    shift = middle - matrix @ middle
    coefficients = (*matrix[0], shift[0], *matrix[1], shift[1])
    fill = (WHITE,) * RGB_CHANNELS if drawn.mode == "RGB" else WHITE
    return to_pixels(
        drawn.transform(
            drawn.size,
            Image.Transform.AFFINE,
            tuple(float(value) for value in coefficients),
            Image.Resampling.BILINEAR,
            fillcolor=fill,
        )
    )


def _draw_matrix(rng: np.random.Generator) -> npt.NDArray[np.float64]:
    angle = math.radians(rng.uniform(-MAX_ROTATION_DEGREES, MAX_ROTATION_DEGREES))
    shear = rng.uniform(-MAX_SHEAR, MAX_SHEAR)
    aspect = math.sqrt(1 + rng.uniform(-MAX_ASPECT_CHANGE, MAX_ASPECT_CHANGE))
    rotation = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return rotation @ np.array([[1.0, shear], [0.0, 1.0]]) @ np.diag([aspect, 1 / aspect])
