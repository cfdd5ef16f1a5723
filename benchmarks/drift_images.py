"""Images for the benchmark of drift, drawn or photographs, and their shifts."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from console.dataset.drawing.image import draw_image
from console.dataset.layout import BICYCLE, FINE_NAMES, MOTORCYCLE, RECORD_BYTES, SIDE, TEST, TRAIN

Pixels = NDArray[np.uint8]
CLASSES = (BICYCLE, MOTORCYCLE)


class Source(Protocol):
    """Where images of a fine label come from."""

    name: str

    def split(self, rng: Generator, training: int, baseline: int) -> tuple[Split, Split, Split]:
        """Disjoint images: for the model, for the baseline, and for runs."""


class Split(Protocol):
    """Images by class (0, 1), or of something else (None)."""

    def take(self, kind: int | None, count: int, rng: Generator) -> list[Pixels]:
        """`count` different images."""


class Drawn:
    """A new drawing each time."""

    name = "drawings"

    def split(self, rng: Generator, training: int, baseline: int) -> tuple[Split, Split, Split]:
        return self, self, self

    def take(self, kind: int | None, count: int, rng: Generator) -> list[Pixels]:
        others = [fine for fine in range(len(FINE_NAMES)) if fine not in CLASSES]
        fines = [CLASSES[kind] if kind is not None else int(rng.choice(others)) for _ in range(count)]
        return [draw_image(fine, rng) for fine in fines]


class Archive:
    """Photographs of an archive, split anew by each seed."""

    name = "photographs"

    def __init__(self, path: Path) -> None:
        with tarfile.open(path) as tar:
            members = [tar.extractfile(name) for name in (TRAIN, TEST)]
            data = b"".join(member.read() for member in members if member)
        records = np.frombuffer(data, np.uint8).reshape(-1, RECORD_BYTES)
        pixels = records[:, 2:].reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1)
        self._kinds: dict[int | None, list[Pixels]] = {
            kind: list(pixels[records[:, 1] == fine]) for kind, fine in enumerate(CLASSES)
        }
        self._kinds[None] = list(pixels[~np.isin(records[:, 1], CLASSES)])

    def split(self, rng: Generator, training: int, baseline: int) -> tuple[Split, Split, Split]:
        dealt: list[dict[int | None, list[Pixels]]] = [{}, {}, {None: self._kinds[None]}]
        for kind in (0, 1):
            images = self._kinds[kind]
            mixed = [images[place] for place in rng.permutation(len(images))]
            ends = training // 2, (training + baseline) // 2
            for part, chosen in zip(dealt, (mixed[: ends[0]], mixed[ends[0] : ends[1]], mixed[ends[1] :]), strict=True):
                part[kind] = chosen
        return Dealt(dealt[0]), Dealt(dealt[1]), Dealt(dealt[2])


class Dealt:
    """A share of an archive's images."""

    def __init__(self, kinds: dict[int | None, list[Pixels]]) -> None:
        self._kinds = kinds

    def take(self, kind: int | None, count: int, rng: Generator) -> list[Pixels]:
        images = self._kinds[kind]
        return [images[place] for place in rng.choice(len(images), count, replace=count > len(images))]


def _same(pixels: Pixels, rng: Generator) -> Pixels:
    return pixels


def _dusk(pixels: Pixels, rng: Generator) -> Pixels:
    """Half the light, with a blue tint."""
    darker: Pixels = (pixels * np.array([0.5, 0.52, 0.6])).astype(np.uint8)
    return darker


def _blur(pixels: Pixels, rng: Generator) -> Pixels:
    """Blurred by a pixel and a half."""
    return np.asarray(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(1.5)))


def _noise(pixels: Pixels, rng: Generator) -> Pixels:
    """Sensor noise: 20 of 255."""
    return np.clip(pixels + rng.normal(0, 20, pixels.shape), 0, 255).astype(np.uint8)


def _camera(pixels: Pixels, rng: Generator) -> Pixels:
    """Another white balance, less contrast, and JPEG at a quality of 40 in between."""
    toned = np.clip((pixels * np.array([1.15, 1.0, 0.85]) - 128) * 0.75 + 128, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(toned).save(buffer, "JPEG", quality=40)
    return np.asarray(Image.open(buffer).convert("RGB"))


CHANGES: dict[str, Callable[[Pixels, Generator], Pixels]] = {
    "dusk": _dusk,
    "blur": _blur,
    "noise": _noise,
    "other camera": _camera,
}
SHIFTS = (*CHANGES, "other objects", "class mix")
MIX = 0.9
"""The share of motorcycles: that of the shift `class mix`, else one half."""


def images(split: Split, shift: str, count: int, rng: Generator) -> list[tuple[int | None, Pixels]]:
    """Images with what they show, after a shift (`none` for none)."""
    if shift == "other objects":
        return [(None, pixels) for pixels in split.take(None, count, rng)]
    motorcycles = rng.binomial(count, MIX if shift == "class mix" else 0.5)
    change = CHANGES.get(shift, _same)
    taken = [
        (kind, change(pixels, rng))
        for kind, number in ((0, count - motorcycles), (1, motorcycles))
        for pixels in split.take(kind, int(number), rng)
    ]
    return [taken[place] for place in rng.permutation(len(taken))]
