"""Pictures that people and the endpoint have added since: `curated/<label>/<sha256>.png`."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from processing.labels import NAMES
from processing.picture import CURATED, Picture, Pixels, digest
from processing.refusal import Refusal

BYTES_LIMIT = 6_000_000
PIXELS_LIMIT = 4096 * 4096
FORMATS = ("PNG", "JPEG")
KEEP = ".keep"


def find(directory: Path) -> list[Path]:
    """All curated picture files, sorted; an absent or empty directory holds none.

    `.keep` objects are passed over: they hold the prefix open while there is no picture yet.
    """
    files = []
    for path in sorted(directory.rglob("*")) if directory.is_dir() else []:
        if path.name == KEEP or (path.is_dir() and not path.is_symlink()):
            continue
        _check_place(path, directory)
        files.append(path)
    return files


def pictures(files: list[Path]) -> Iterator[tuple[Picture, Pixels]]:
    """Load the pictures one by one, each with what is remembered of it.

    The name comes from the pixels: one picture that two instances were given becomes one object in S3.
    """
    for path in files:
        pixels = load(path)
        seen = digest(pixels)
        yield Picture(CURATED, f"curated_{seen[:20]}", NAMES.index(path.parent.name), seen), pixels


def load(path: Path) -> Pixels:
    """Decode a PNG or JPEG to RGB (height, width, 3), refusing bombs before they are decoded."""
    size = path.stat().st_size
    if size > BYTES_LIMIT:
        raise Refusal(
            f"curated picture {_short(path)} has {size:,} bytes, where {BYTES_LIMIT:,} are allowed: "
            "make it smaller or remove it from curated/."
        )
    try:
        return _decode(path)
    except Refusal:
        raise
    except Exception as error:  # a broken file makes Pillow raise whatever its parts do: struct.error, KeyError ...
        raise Refusal(
            f"curated picture {_short(path)} cannot be read as a picture, where {' and '.join(FORMATS)} are "
            "allowed: replace it or remove it from curated/."
        ) from error


def _decode(path: Path) -> Pixels:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own, lower limit follows
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > PIXELS_LIMIT:
                raise Refusal(
                    f"curated picture {_short(path)} is {image.width}x{image.height}, where {PIXELS_LIMIT:,} "
                    "pixels are allowed: make it smaller or remove it from curated/."
                )
            return np.asarray(image.convert("RGB"), dtype=np.uint8)


def _check_place(path: Path, directory: Path) -> None:
    if path.is_symlink() or not path.is_file():
        raise Refusal(f"curated holds {path.relative_to(directory)}, a link or special file: remove it.")
    if path.parent.parent != directory or path.parent.name not in NAMES:
        raise Refusal(
            f"curated holds {path.relative_to(directory)}, where only <label>/<sha256>.png with the labels "
            f"{' and '.join(NAMES)} are allowed: move or remove it."
        )


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
