"""Decoded images of one channel, read once to check them and kept as far as memory allows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from localaws.algorithms.errors import ClientError
from localaws.algorithms.image_classification.augmentation import augment
from localaws.algorithms.image_classification.examples import Example
from localaws.algorithms.image_classification.hyperparameters import Hyperparameters
from localaws.algorithms.image_classification.images import (
    ImageError,
    Pixels,
    crop_centre,
    decode,
    resize_shorter_side,
    to_network_input,
    to_pixels,
)

KEPT_BYTES = 1 << 30


@dataclass(frozen=True)
class Batch:
    """Network input (size, channels, height, width) and targets (count, classes); the rest is padding."""

    images: npt.NDArray[np.float32]
    targets: npt.NDArray[np.float32]


class Dataset:
    """Images and targets of a channel.

    Images beyond 1 GiB of decoded pixels are decoded again each time they are asked for.
    """

    def __init__(self, examples: Sequence[Example], settings: Hyperparameters) -> None:
        """Decode every image once. Raises ClientError for one that is unreadable or too small."""
        self._examples = examples
        self._settings = settings
        self._kept: dict[int, Pixels] = {}
        self.targets = np.stack([example.target for example in examples])
        space = KEPT_BYTES
        for index in range(len(examples)):
            pixels = self._decode(index)
            space -= pixels.nbytes
            if space >= 0:
                self._kept[index] = pixels

    def __len__(self) -> int:
        return len(self._examples)

    def training_batches(self, rng: np.random.Generator) -> Iterator[Batch]:
        """Shuffle, cut into whole batches (the rest waits for the next epoch, as on AWS) and augment."""
        _, height, width = self._settings.image_shape
        size = self._settings.mini_batch_size
        order = rng.permutation(len(self))
        for start in range(0, len(order) - size + 1, size):
            chosen = order[start : start + size]
            images = [self._image(int(index)) for index in chosen]
            changed = augment(images, height, width, self._settings.augmentation_type, rng)
            yield Batch(to_network_input(changed), self.targets[chosen])

    def validation_batches(self) -> Iterator[Batch]:
        """Cut all images at their centre, in order; the last batch is padded with zeros to full size."""
        channels, height, width = self._settings.image_shape
        size = self._settings.mini_batch_size
        for start in range(0, len(self), size):
            stop = min(start + size, len(self))
            images = np.zeros((size, height, width, channels), np.uint8)
            for row, index in enumerate(range(start, stop)):
                images[row] = crop_centre(self._image(index), height, width)
            yield Batch(to_network_input(images), self.targets[start:stop])

    def _image(self, index: int) -> Pixels:
        kept = self._kept.get(index)
        return self._decode(index) if kept is None else kept

    def _decode(self, index: int) -> Pixels:
        example = self._examples[index]
        channels, height, width = self._settings.image_shape
        try:
            image = decode(example.source, channels)
        except ImageError as error:
            raise ClientError(f"{example.name} {error}.") from error
        if self._settings.resize is not None:
            image = resize_shorter_side(image, self._settings.resize)
        if image.height < height or image.width < width:
            raise ClientError(
                f"{example.name} has {image.width} x {image.height} pixels, less than image_shape's "
                f"{width} x {height}: set resize to at least {max(height, width)}, or a smaller image_shape."
            )
        return to_pixels(image)
