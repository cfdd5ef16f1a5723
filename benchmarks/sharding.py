"""PrepareData on one instance and on two, each with its share of the curated images."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.alternation import alternate, seconds
from benchmarks.archives import write_archive
from benchmarks.figures import Series
from common.labels import LABELS
from processing import options
from processing.prepare import prepare
from processing.rendezvous import Rendezvous
from processing.split import SPLITS

CURATED = 10_000
HOSTS = ("algo-1", "algo-2")
WHAT = f"archive of 1x and {CURATED:,} curated images"


class _Bucket:
    """What the rendezvous asks of S3, in memory."""

    def __init__(self) -> None:
        self._objects: dict[str, bytes] = {}

    def put_object(self, Key: str, Body: bytes, **_: str) -> None:
        self._objects[Key] = Body

    def get_object(self, Key: str, **_: str) -> dict[str, io.BytesIO]:
        return {"Body": io.BytesIO(self._objects[Key])}


def share_out(place: Path, rounds: int) -> list[Series]:
    """Seconds of one instance and of the slower of two, and what the second brings: 2 would be linear."""
    archive = write_archive(place / "archive", 1)
    _draw(place / "alone")
    _deal(place)
    candidates = {
        "PrepareData": partial(_alone, archive.parent, place),
        "PrepareData on two instances": partial(_together, archive.parent, place),
    }
    found = alternate(candidates, rounds)
    one, two = found.values()
    series = [Series(WHAT, who, "s", values) for who, values in found.items()]
    speedup = tuple(alone / shared for alone, shared in zip(one, two, strict=True))
    shutil.rmtree(place)
    return [*series, Series("two instances, times as fast", "PrepareData", "x", speedup)]


def _draw(folder: Path) -> None:
    random = np.random.default_rng(1)
    for number in range(CURATED):
        file = folder / LABELS[number % 2] / f"{random.bytes(32).hex()}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(random.integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(file, compress_level=1)


def _deal(place: Path) -> None:
    """Deal the files out in turn, by name, as S3 shares keys out."""
    for number, file in enumerate(sorted((place / "alone").rglob("*.png"))):
        target = place / HOSTS[number % 2] / file.relative_to(place / "alone")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.hardlink_to(file)


def _alone(archive: Path, place: Path) -> float:
    with tempfile.TemporaryDirectory(dir=place) as folder:
        return _seconds(_words(archive, place / "alone", Path(folder)), None)


def _together(archive: Path, place: Path) -> float:
    """The second first, so that the first need not wait for what it lists."""
    meeting = Rendezvous("s3://bucket/parts", _Bucket(), timeout=0)
    taken = []
    for host in reversed(HOSTS):
        with tempfile.TemporaryDirectory(dir=place) as folder:
            config = {"current_host": host, "hosts": HOSTS}
            (Path(folder) / "resourceconfig.json").write_text(json.dumps(config))
            taken.append(_seconds(_words(archive, place / host, Path(folder)), meeting))
    return max(taken)


def _words(archive: Path, curated: Path, folder: Path) -> list[str]:
    outputs = [text for name in (*SPLITS, "lst") for text in (f"--{name}", str(folder / name))]
    return ["--archive", str(archive), "--config-dir", str(folder), "--curated", str(curated), *outputs]


def _seconds(words: Sequence[str], meeting: Rendezvous | None) -> float:
    with redirect_stdout(io.StringIO()):
        return seconds(lambda: prepare(options.parse(words), meeting))
