"""The built-in sample: a drawn data set in the published layout, and two images that it does not hold."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
from PIL import Image

from console.dataset.drawing.image import draw_image
from console.dataset.drawing.record import draw_records
from console.dataset.layout import (
    BICYCLE,
    COARSE_NAMES,
    COARSE_NAMES_FILE,
    FINE_NAMES,
    FINE_NAMES_FILE,
    MOTORCYCLE,
    TEST,
    TRAIN,
    names_file,
)
from console.output import Progress, silent

IMAGES = {TRAIN: (500, 4), TEST: (100, 1)}
"""Images of each of the two classes, and of each of the other 98, in the two splits."""
# Of the images that these generators draw, two in which a person sees at once what it is.
_SEEDS = {"bicycle": (BICYCLE, 2_029), "motorcycle": (MOTORCYCLE, 2_027)}


def draw_sample(
    path: Path, seed: int = 7, progress: Progress | None = None, counts: Mapping[str, tuple[int, int]] = IMAGES
) -> None:
    """Draw the sample data set into a gzip tar archive at path, which is replaced only when all is drawn.

    Every image has a random stream of its own, made of the seed (0 or more) and the image's number, so a
    change to one drawing leaves the others as they were, and all cores draw. progress counts images.
    """
    report = progress or silent
    splits = {member: bytearray() for member in counts}
    plan = [(member, fine) for member in counts for fine in _shuffled_labels(counts[member], seed)]
    with closing(draw_records(seed, [fine for _, fine in plan])) as records:
        for number, ((member, _), record) in enumerate(zip(plan, records, strict=True)):
            splits[member] += record
            report(number + 1, len(plan))
    names = {FINE_NAMES_FILE: names_file(FINE_NAMES), COARSE_NAMES_FILE: names_file(COARSE_NAMES)}
    write_tarball(path, {**splits, **names})


def _shuffled_labels(count: tuple[int, int], seed: int) -> list[int]:
    many, few = count
    counts = [many if fine in (BICYCLE, MOTORCYCLE) else few for fine in range(len(FINE_NAMES))]
    labels = np.repeat(np.arange(len(FINE_NAMES)), counts)
    np.random.default_rng(seed).shuffle(labels)
    return [int(label) for label in labels]


def write_tarball(path: Path, files: Mapping[str, bytes | bytearray]) -> None:
    """Write the files, by member name and in their order, as one archive; path appears when it is complete.

    No clock, owner or file name enters the archive, so equal files give equal bytes (with one zlib).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.part")
    with draft.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
        _write_members(packed, files)
    draft.replace(path)


def _write_members(packed: gzip.GzipFile, files: Mapping[str, bytes | bytearray]) -> None:
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def draw_examples(folder: Path) -> list[Path]:
    """Write bicycle.png and motorcycle.png (32x32) and answer their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, (fine, seed) in _SEEDS.items():
        path = folder / f"{name}.png"
        Image.fromarray(draw_image(fine, np.random.default_rng(seed))).save(path)
        paths.append(path)
    return paths
