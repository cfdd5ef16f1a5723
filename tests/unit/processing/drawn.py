"""Drawn archives, what PrepareData must make of them, and what it makes."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from processing.__main__ import main
from tests.unit.processing.conftest import FINE, NAMES, Draft, image, record

Record = tuple[int, int]
"""A fine label and the number of an image."""
CLASSES = {fine: NAMES[fine] for fine in FINE.values()}
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Archive:
    """The records of the archive's two files, in their order."""

    train: list[Record]
    test: list[Record]

    @property
    def draft(self) -> Draft:
        files = {"train.bin": self.train, "test.bin": self.test}
        made = {name: b"".join(record(fine, image(number)) for fine, number in held) for name, held in files.items()}
        made |= {"fine_label_names.txt": "\n".join(NAMES).encode(), "coarse_label_names.txt": b"vehicles_1\n"}
        return Draft({f"cifar-100-binary/{name}": content for name, content in made.items()})

    @property
    def pool(self) -> dict[int, tuple[int, str]]:
        """What is to train and validate on, by number: the first of equal images, and none that is tested."""
        tested = {number for fine, number in self.test if fine in CLASSES}
        found: dict[int, tuple[int, str]] = {}
        for index, (fine, number) in enumerate(self.train):
            if fine in CLASSES and number not in tested:
                found.setdefault(number, (fine, f"{CLASSES[fine]}/train_{index:05d}.png"))
        return found

    @property
    def is_enough(self) -> bool:
        """Whether each class can be tested, validated and trained on."""
        pool = Counter(fine for fine, _ in self.pool.values())
        return all(pool[fine] >= 2 and fine in {each for each, _ in self.test} for fine in CLASSES)

    def expected(self) -> tuple[dict[str, bytes], dict[str, bytes]]:
        """Pixels by path: of what must be in train or validation, and of what must be in test."""
        pool = {path: image(number).tobytes() for number, (_, path) in self.pool.items()}
        return pool, {
            f"{CLASSES[fine]}/test_{index:05d}.png": image(number).tobytes()
            for index, (fine, number) in enumerate(self.test)
            if fine in CLASSES
        }

    def validated(self, share: float) -> dict[str, int]:
        """How many of each class are for validation."""
        pool = Counter(fine for fine, _ in self.pool.values())
        return {name: min(max(round(share * pool[fine]), 1), pool[fine] - 1) for fine, name in CLASSES.items()}


_RECORDS = st.lists(st.tuples(st.sampled_from([8, 48, 3]), st.integers(0, 5)), min_size=3, max_size=9)
_ENOUGH = ([(8, 100), (8, 101), (48, 102), (48, 103)], [(8, 104), (48, 105)])


@st.composite
def archives(draw: st.DrawFn, enough: bool | None = None) -> Archive:
    """Some records of both classes and of a third, equal images among them; mostly enough to go on with."""
    base = _ENOUGH if (draw(st.integers(0, 4)) > 0 if enough is None else enough) else ([], [])
    train, test = (draw(st.permutations(held + draw(_RECORDS))) for held in base)
    return Archive(train, test)


@contextmanager
def prepared(content: bytes, *more: str) -> Iterator[tuple[int, Path]]:
    """Run PrepareData on an archive's bytes; gives its exit code and the folder of its outputs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "archive").mkdir()
        (folder / "archive/cifar.tar.gz").write_bytes(content)
        places = {place: folder / "out" / place for place in (*SPLITS, "lst", "message", "config-dir")}
        places |= {"archive": folder / "archive", "curated": folder / "curated"}
        yield (
            main([word for place, path in places.items() for word in (f"--{place}", str(path))] + [*more]),
            folder / "out",
        )


def seen(folder: Path) -> dict[str, dict[str, bytes]]:
    """The pixels of every image by split and path."""
    return {
        split: {str(path.relative_to(folder / split)): _pixels(path) for path in (folder / split).rglob("*.*")}
        for split in SPLITS
    }


def _pixels(path: Path) -> bytes:
    with Image.open(path, formats=["PNG"]) as image:
        assert image.mode == "RGB"
        return np.asarray(image).tobytes()


def is_refused(code: int, folder: Path) -> bool:
    """Whether PrepareData failed as it may: with one sentence, and no image written."""
    if code == 0:
        return False
    sentence = (folder / "message").read_text(encoding="utf-8")
    return code == 1 and sentence.endswith(".") and "\n" not in sentence and not list(folder.rglob("*.png"))
