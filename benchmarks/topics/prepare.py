"""PrepareData beside the usual notebook way: a pandas frame of the rows, and matplotlib's `imsave` for each of them.

Archives hold 1, 10 and 100 times CIFAR-100's two classes, drawn. Both ways take the archive to the images' files, in
memory where the machine has /dev/shm, as what a new file costs differs greatly between disks. PrepareData also hashes,
splits and lists; the notebook does nothing of it.
"""

from __future__ import annotations

import io
import sys
import tarfile
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.image import imsave
from numpy.typing import NDArray

from benchmarks.alternation import alternate, seconds, timed
from benchmarks.archives import write_archive
from benchmarks.figures import Measured, Series
from common.archives import unpack
from console.dataset.archive import read_members
from processing import options, png
from processing.prepare import prepare
from processing.records import RECORD_BYTES, SIDE
from processing.split import SPLITS

OURS, NOTEBOOK = "PrepareData", "notebook way"
FINE = (8, 48)
ROUNDS = {True: {1: 3, 10: 1}, False: {1: 5, 10: 3, 100: 1}}
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
ENCODED = 1000
Rows = NDArray[np.uint8]


def measure(quick: bool) -> Measured:
    """Encoding alone, then whole archives of each size."""
    mpl.use("Agg")
    series = []
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as place:
        for times, rounds in ROUNDS[quick].items():
            print(f"{times}x", file=sys.stderr, flush=True)
            archive = write_archive(Path(place) / str(times), times)
            if times == 1:
                series += _encoding(archive, 3 if quick else 7)
            candidates = {OURS: lambda a=archive: _whole(_ours, a), NOTEBOOK: lambda a=archive: _whole(_notebook, a)}
            for who, values in alternate(candidates, rounds).items():
                series.append(Series(f"{times}x, archive to files", who, "s", values, x=1200 * times))
            archive.unlink()
    where = "in memory (/dev/shm)" if MEMORY.is_dir() else "in the temporary folder"
    return Measured("prepare", OURS, tuple(series), (f"1x is 1,200 images of 32x32; files are written {where}.",))


def _encoding(archive: Path, rounds: int) -> list[Series]:
    with archive.open("rb") as file, tempfile.TemporaryDirectory() as folder:
        unpack(read_members(file), Path(folder))
        rows = _read(Path(folder) / "cifar-100-binary/train.bin")[:ENCODED]
    found = timed({OURS: lambda: _encode_ours(rows), NOTEBOOK: lambda: _encode_notebook(rows)}, rounds)
    return [Series("1,000 images to PNG bytes", who, "s", values) for who, values in found.items()]


def _whole(work: Callable[[Path, Path], None], archive: Path) -> float:
    """Seconds of the work; that its files are removed again is not counted."""
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        return seconds(lambda: work(archive, Path(folder)))


def _notebook(archive: Path, folder: Path) -> None:
    """Unpack everything, build a frame, keep two classes, then save row by row."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    for split in ("train", "test"):
        (folder / split).mkdir()
        rows = _read(folder / f"cifar-100-binary/{split}.bin")
        frame = pd.DataFrame({"label": rows[:, 1], "row": range(len(rows))})
        frame = frame[frame["label"].isin(FINE)]
        for _, each in frame.iterrows():
            imsave(folder / split / f"{each['row']}.png", _stacked(rows[each["row"]]))


def _ours(archive: Path, folder: Path) -> None:
    """PrepareData with its default options."""
    outputs = [text for name in (*SPLITS, "lst") for text in (f"--{name}", str(folder / name))]
    given = ["--archive", str(archive.parent), "--config-dir", str(folder), "--curated", str(folder / "none")]
    with redirect_stdout(io.StringIO()):
        prepare(options.parse([*given, *outputs]))


def _read(path: Path) -> Rows:
    return np.fromfile(path, dtype=np.uint8).reshape(-1, RECORD_BYTES)


def _stacked(row: Rows) -> Rows:
    """A record's three planes as (32, 32, 3), as the notebooks stack them."""
    return np.dstack([row[2 + start : 2 + start + 1024].reshape(SIDE, SIDE) for start in (0, 1024, 2048)])


def _encode_notebook(rows: Rows) -> None:
    for row in rows:
        imsave(io.BytesIO(), _stacked(row), format="png")


def _encode_ours(rows: Rows) -> None:
    planes = rows[:, 2:].reshape(-1, 3, SIDE, SIDE)
    for pixels in np.ascontiguousarray(planes.transpose(0, 2, 3, 1)):
        png.encode(pixels)
