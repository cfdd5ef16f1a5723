"""PrepareData beside the usual notebook way, beside its limit, and shared out to two instances.

The notebook way is a pandas frame of the rows, and matplotlib's `imsave` for each of them. The limit unpacks the
archive and creates the same files in the fastest way known here, in one thread, or in two of which one unpacks.
Archives hold 1, 10 and 100 times CIFAR-100's two classes, drawn. All take the archive to the images' files, in
memory where the machine has /dev/shm, as what a new file costs differs greatly between disks. PrepareData alone also
hashes, splits and lists.
"""

from __future__ import annotations

import io
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.image import imsave
from numpy.typing import NDArray

from benchmarks.alternation import alternate, seconds, timed
from benchmarks.archives import write_archive
from benchmarks.figures import Measured, Series
from benchmarks.preparation import unpack_and_create
from benchmarks.sharding import share_out
from common.archives import unpack
from console.dataset.archive import read_members
from processing import options, png
from processing.prepare import prepare
from processing.records import RECORD_BYTES, SIDE
from processing.split import SPLITS

OURS, NOTEBOOK = "PrepareData", "notebook way"
LIMIT, TWO_THREADS = "limit, one thread", "limit, two threads"
FINE = (8, 48)
ROUNDS = {True: {1: 9, 10: 5, 100: 3}, False: {1: 15, 10: 9, 100: 3}}
NOTEBOOK_ROUNDS = {True: {1: 3, 10: 1, 100: 0}, False: {1: 5, 10: 3, 100: 1}}
"""It takes many times as long as the others."""
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it
ENCODED = 1000
Rows = NDArray[np.uint8]
Way = Callable[[Path, Path], None]
NOTES = (
    "The limit lays files out by PrepareData's own encoder, and checks, hashes, splits and lists nothing.",
    "Two instances: 10,000 curated images of 32x32, which SageMaker shares out (ShardedByS3Key), beside the archive of "
    "1x, which each instance gets whole. They run one after the other, as two machines share no core; the time is the "
    "slower one's, with the first one's list of everything. Their meeting in S3 is not in it.",
)


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
            series += _archive_to_files(archive, times, rounds, NOTEBOOK_ROUNDS[quick][times])
            archive.unlink()
        print("two instances", file=sys.stderr, flush=True)
        series += share_out(Path(place) / "shared", 3 if quick else 5)
    where = "in memory (/dev/shm)" if MEMORY.is_dir() else "in the temporary folder"
    return Measured(
        "prepare", OURS, tuple(series), (f"1x is 1,200 images of 32x32; files are written {where}.", *NOTES)
    )


def _archive_to_files(archive: Path, times: int, rounds: int, notebook_rounds: int) -> list[Series]:
    """Seconds, and seconds of CPU, of which a machine without an idle core needs as many."""
    cpu: dict[str, list[float]] = {}
    ways: dict[str, Way] = {
        OURS: _ours,
        LIMIT: partial(unpack_and_create, ahead=False),
        TWO_THREADS: partial(unpack_and_create, ahead=True),
    }
    found = alternate(
        {who: partial(_whole, way, archive, cpu.setdefault(who, [])) for who, way in ways.items()}, rounds
    )
    if notebook_rounds:
        found |= alternate({NOTEBOOK: partial(_whole, _notebook, archive, [])}, notebook_rounds)
    what, images = f"{times}x, archive to files", 1200.0 * times
    series = [Series(what, who, "s", values, x=images) for who, values in found.items()]
    return series + [Series(f"{times}x, CPU", who, "s", tuple(values)) for who, values in cpu.items()]


def _encoding(archive: Path, rounds: int) -> list[Series]:
    with archive.open("rb") as file, tempfile.TemporaryDirectory() as folder:
        unpack(read_members(file), Path(folder))
        rows = _read(Path(folder) / "cifar-100-binary/train.bin")[:ENCODED]
    found = timed({OURS: lambda: _encode_ours(rows), NOTEBOOK: lambda: _encode_notebook(rows)}, rounds)
    return [Series("1,000 images to PNG bytes", who, "s", values) for who, values in found.items()]


def _whole(way: Way, archive: Path, cpu: list[float]) -> float:
    """Seconds of the work, and of CPU; that its files are removed again is not counted."""
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        before = time.process_time()
        taken = seconds(lambda: way(archive, Path(folder)))
        cpu.append(time.process_time() - before)
        return taken


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
