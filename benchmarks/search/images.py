"""The archive's bicycles and motorcycles, and folds of its training images."""

import tarfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.archives import FINE
from processing.records import RECORD_BYTES, SIDE

FOLDS = 4
FOLD_SEED = 0
"""The folds' seed, the same for every candidate."""


@dataclass(frozen=True)
class Images:
    """`pixels` (n, 32, 32, 3), 0 to 255, and `labels` (n,): 0 bicycle, 1 motorcycle."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __getitem__(self, chosen: NDArray[np.bool_]) -> "Images":
        return Images(self.pixels[chosen], self.labels[chosen])

    def __len__(self) -> int:
        return len(self.labels)


def read(archive: Path, split: str) -> Images:
    """Read one split, `train` or `test`, of an archive in CIFAR-100's binary layout."""
    with tarfile.open(archive) as tar:
        content = tar.extractfile(f"cifar-100-binary/{split}.bin")
        if content is None:
            raise ValueError(f"{archive} holds no {split}.bin: give CIFAR-100's binary archive.")
        records = np.frombuffer(content.read(), np.uint8).reshape(-1, RECORD_BYTES)
    records = records[np.isin(records[:, 1], FINE)]
    pixels = records[:, 2:].reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)
    return Images(pixels, (records[:, 1] == FINE[1]).astype(np.int64))


def fold(images: Images, number: int, folds: int = FOLDS) -> tuple[Images, Images]:
    """Split training images into those that fold `number` trains on and holds out, stratified by class."""
    rng = np.random.default_rng(FOLD_SEED)
    of = np.zeros(len(images), dtype=np.int64)
    for label in range(len(FINE)):
        members = np.flatnonzero(images.labels == label)
        rng.shuffle(members)
        of[members] = np.arange(len(members)) % folds
    return images[of != number], images[of == number]
