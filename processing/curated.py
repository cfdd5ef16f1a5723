"""Images that people and the endpoint have added since: `curated/<label>/<sha256>.png`."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from common import images
from common.images import BadImage, Limits
from common.jobs import Refusal
from common.labels import LABELS
from processing.image import CURATED, LabelledImage, Pixels, digest

LIMITS = Limits(most_bytes=6_000_000, most_pixels=4096 * 4096)
KEEP = ".keep"


def find(directory: Path) -> list[Path]:
    """All curated image files, sorted; an absent or empty directory holds none.

    `.keep` objects are passed over: they hold the prefix open while there is no image yet.
    """
    files = []
    for path in sorted(directory.rglob("*")) if directory.is_dir() else []:
        if path.name == KEEP or (path.is_dir() and not path.is_symlink()):
            continue
        _check_place(path, directory)
        files.append(path)
    return files


def load_images(files: list[Path]) -> Iterator[tuple[LabelledImage, Pixels]]:
    """Load the images one by one, each with what is remembered of it.

    The name comes from the pixels: one image that two instances were given becomes one object in S3.
    """
    for path in files:
        pixels = load(path)
        seen = digest(pixels)
        yield LabelledImage(CURATED, f"curated_{seen[:20]}", LABELS.index(path.parent.name), seen), pixels


def load(path: Path) -> Pixels:
    """Decode a PNG or JPEG to RGB (height, width, 3), refusing bombs before they are decoded."""
    try:
        return np.asarray(images.load(path, LIMITS), dtype=np.uint8)
    except BadImage as error:
        raise Refusal(
            f"The curated image {_short(path)} cannot be used ({str(error).rstrip('.')}): replace it or remove it from "
            "curated/."
        ) from error


def _check_place(path: Path, directory: Path) -> None:
    if path.is_symlink() or not path.is_file():
        raise Refusal(f"curated holds {path.relative_to(directory)}, a link or special file: remove it.")
    if path.parent.parent != directory or path.parent.name not in LABELS:
        raise Refusal(
            f"curated holds {path.relative_to(directory)}, where only <label>/<sha256>.png with the labels "
            f"{' and '.join(LABELS)} are allowed: move or remove it."
        )


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
