"""Put pictures into their class folders, and pack them as RecordIO."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from processing import png, transform
from processing.labels import NAMES
from processing.options import Options
from processing.picture import Picture, Pixels
from processing.split import TRAINING


class Store:
    """The output folders `<split>/<class>/`, made at once."""

    def __init__(self, options: Options) -> None:
        self._options = options
        for folder in options.outputs.values():
            for name in NAMES:
                (folder / name).mkdir(parents=True, exist_ok=True)

    def write(self, pictures: Iterable[tuple[Picture, Pixels]], places: Mapping[tuple[str, int], str]) -> None:
        """Write each picture that has a place, and the augmented copies of those for training."""
        for picture, pixels in pictures:
            split = places.get((picture.name, picture.label))
            if split is not None:
                self._write(picture, pixels, split)

    def _write(self, picture: Picture, pixels: Pixels, split: str) -> None:
        options = self._options
        folder = options.outputs[split]
        sized = transform.resize(pixels, options.resize)
        (folder / picture.path()).write_bytes(png.encode(sized))
        for copy in range(1, options.augment + 1 if split == TRAINING else 1):
            changed = transform.augment(sized, picture.digest, copy, options.seed)
            (folder / picture.path(copy)).write_bytes(png.encode(changed))


def pack(entries: Iterable[tuple[int, str]], folder: Path, target: Path) -> None:
    """Pack written pictures, given as (class, relative path), into one RecordIO file.

    MXNet takes over a second to import and is needed for nothing else here.
    """
    from processing import recordio  # noqa: PLC0415 - only runs that ask for RecordIO pay for MXNet

    target.parent.mkdir(parents=True, exist_ok=True)
    recordio.write(((label, (folder / path).read_bytes()) for label, path in entries), target)
