"""Put images into their class folders, and pack them as RecordIO."""

import os
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path

from common.labels import LABELS
from common.recordio import write_records
from processing import png, spool, transform
from processing.image import LabelledImage, Pixels
from processing.options import Options
from processing.records import SIDE
from processing.split import TRAINING


class Store:
    """The output folders `<split>/<class>/`, made at once."""

    def __init__(self, options: Options) -> None:
        self._options = options
        # As text: joining a Path for each of many small files takes as long as encoding its image.
        self._folders = {split: str(folder) for split, folder in options.outputs.items()}
        for folder in options.outputs.values():
            for name in LABELS:
                (folder / name).mkdir(parents=True, exist_ok=True)

    def write(self, images: Iterable[tuple[LabelledImage, Pixels]], places: Mapping[tuple[str, int], str]) -> None:
        """Write each image that has a place, and the augmented copies of those for training."""
        for image, pixels in images:
            split = places.get((image.name, image.label))
            if split is not None:
                self._write(image, pixels, split)

    def write_encoded(
        self, images: list[LabelledImage], chunks: Iterable[Pixels], places: Mapping[tuple[str, int], str]
    ) -> None:
        """Write the images whose files the spool gives, as they are or by their pixels where those change."""
        rest = iter(images)
        changes = self._options.augment or self._options.resize not in (None, SIDE)
        for files in chunks:
            part = islice(rest, len(files))
            if changes:
                self.write(zip(part, spool.view(files), strict=True), places)
                continue
            size, content = files.shape[1], files.reshape(-1).data
            for number, image in enumerate(part):
                split = places.get((image.name, image.label))
                if split is not None:
                    _save(f"{self._folders[split]}/{image.path()}", content[number * size : (number + 1) * size])

    def _write(self, image: LabelledImage, pixels: Pixels, split: str) -> None:
        options, folder = self._options, self._folders[split]
        sized = transform.resize(pixels, options.resize)
        _save(f"{folder}/{image.path()}", png.encode(sized))
        for copy in range(1, options.augment + 1 if split == TRAINING else 1):
            changed = transform.augment(sized, image.digest, copy, options.seed)
            _save(f"{folder}/{image.path(copy)}", png.encode(changed))


def _save(path: str, content: bytes | memoryview) -> None:
    """Write a file whole, by the system's own calls: a file object takes twice their time to set up."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    try:
        written = os.write(file, content)
        while written < len(content):
            written += os.write(file, content[written:])
    finally:
        os.close(file)


def pack(entries: Iterable[tuple[int, str]], folder: Path, target: Path) -> None:
    """Pack written images, given as (class, relative path), into one RecordIO file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    write_records(((label, (folder / path).read_bytes()) for label, path in entries), target)
