"""Archives in CIFAR-100's binary layout that hold its two classes many times over, each image a little different."""

from __future__ import annotations

import io
import tarfile
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.archives import unpack
from console.dataset.archive import read_members
from console.dataset.sample import draw_sample
from processing.records import RECORD_BYTES

FINE = (8, 48)
SIZES = {"train": 1000, "test": 200}
FOLDER = "cifar-100-binary"


def write_archive(folder: Path, times: int) -> Path:
    """Write `times` times 1,000 training and 200 test images of the two classes; answers the archive."""
    folder.mkdir(parents=True)
    archive = folder / "cifar-100-binary.tar.gz"
    with tempfile.TemporaryDirectory() as drawn:
        sample = Path(drawn) / "sample.tar.gz"
        draw_sample(sample)
        with sample.open("rb") as file:
            unpack(read_members(file), Path(drawn) / "files")
        with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
            for split, size in SIZES.items():
                rows = np.fromfile(next(Path(drawn).glob(f"**/{split}.bin")), np.uint8).reshape(-1, RECORD_BYTES)
                _add(tar, f"{FOLDER}/{split}.bin", _varied(rows, size * times))
            _add(tar, f"{FOLDER}/fine_label_names.txt", _file(Path(drawn), "fine_label_names.txt"))
            _add(tar, f"{FOLDER}/coarse_label_names.txt", _file(Path(drawn), "coarse_label_names.txt"))
    return archive


def _varied(rows: NDArray[np.uint8], wanted: int) -> bytes:
    """`count` images of the two classes; noise of a few grey values makes each differ from all others."""
    ours = rows[np.isin(rows[:, 1], FINE)]
    chosen = ours[np.arange(wanted) % len(ours)]
    noise = np.random.default_rng(wanted).integers(0, 4, (wanted, RECORD_BYTES - 2), dtype=np.uint8)
    chosen[:, 2:] ^= noise
    content: bytes = chosen.tobytes()
    return content


def _file(folder: Path, name: str) -> bytes:
    return next(folder.glob(f"**/{name}")).read_bytes()


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    header = tarfile.TarInfo(name)
    header.size = len(content)
    tar.addfile(header, io.BytesIO(content))
