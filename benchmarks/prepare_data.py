"""Compare PrepareData with the usual notebook way: unpack the archive, then matplotlib's `imsave` row by row.

    python benchmarks/prepare_data.py --archive FOLDER [--repeat 5] [--folder /dev/shm]

Both are measured in this process and in turn, from the same archive, and medians are printed: turning a picture
into PNG bytes (no disk), and the whole way from the archive to the files. The notebook's pandas table and the
hashing, splitting and listing that PrepareData does beside are left out of the notebook's time and counted in ours.
What a new file costs differs greatly between file systems, so the whole is best read on one in memory (`--folder`).
"""

import argparse
import io
import statistics
import tarfile
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.image import imsave
from numpy.typing import NDArray

from processing import options, png
from processing.archive import find
from processing.prepare import prepare
from processing.records import RECORD_BYTES, SIDE
from processing.split import SPLITS

FINE = (8, 48)
Rows = NDArray[np.uint8]


def notebook_picture(row: Rows) -> Rows:
    """Stack a record's three planes to (32, 32, 3), as the notebooks do."""
    planes = [row[2 + start : 2 + start + 1024].reshape(SIDE, SIDE) for start in (0, 1024, 2048)]
    return np.dstack(planes)


def notebook(archive: Path, folder: Path) -> None:
    """Unpack everything, read it whole, then save picture after picture."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    for split in ("train", "test"):
        (folder / split).mkdir()
        rows = read(folder / f"cifar-100-binary/{split}.bin")
        for index in range(len(rows)):
            if rows[index, 1] in FINE:
                imsave(folder / split / f"{index}.png", notebook_picture(rows[index]))


def ours(archive: Path, folder: Path) -> None:
    """Run PrepareData with its default options."""
    outputs = [text for name in (*SPLITS, "lst") for text in (f"--{name}", str(folder / name))]
    given = ["--archive", str(archive.parent), "--config-dir", str(folder), "--curated", str(folder / "none")]
    with redirect_stdout(io.StringIO()):
        prepare(options.parse([*given, *outputs]))


def read(path: Path) -> Rows:
    """All records of a file, (n, 3074)."""
    return np.fromfile(path, dtype=np.uint8).reshape(-1, RECORD_BYTES)


def encode_notebook(rows: Rows) -> None:
    """Turn records into PNG bytes with matplotlib."""
    for row in rows:
        imsave(io.BytesIO(), notebook_picture(row), format="png")


def encode_ours(rows: Rows) -> None:
    """Turn records into PNG bytes as PrepareData does."""
    planes = rows[:, 2:].reshape(-1, 3, SIDE, SIDE)
    for pixels in np.ascontiguousarray(planes.transpose(0, 2, 3, 1)):
        png.encode(pixels)


def whole(work: Callable[[Path, Path], None], archive: Path, parent: Path) -> float:
    """Seconds from the archive to the files, in a fresh folder."""
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        return seconds(lambda: work(archive, Path(folder)))


def seconds(work: Callable[[], None]) -> float:
    """How long a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def tell(what: str, theirs: list[float], mine: list[float], unit: str, scale: float) -> None:
    """Print two medians and how many times quicker ours is."""
    slow, quick = statistics.median(theirs), statistics.median(mine)
    print(f"{what}: notebook {slow * scale:.1f} {unit}, PrepareData {quick * scale:.1f} {unit}, {slow / quick:.1f}x")


def main() -> None:
    """Measure both ways in turn and print their medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True, help="folder with one CIFAR-100 binary *.tar.gz")
    parser.add_argument("--repeat", type=int, default=5, help="how often each way is measured")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()), help="where files are written")
    given = parser.parse_args()
    mpl.use("Agg")
    archive = find(given.archive)
    rows = np.random.default_rng(0).integers(0, 256, (1000, RECORD_BYTES), dtype=np.uint8)
    encoded = [
        (seconds(lambda: encode_notebook(rows)), seconds(lambda: encode_ours(rows))) for _ in range(given.repeat)
    ]
    tell("a picture to PNG bytes", [a for a, _ in encoded], [b for _, b in encoded], "us", 1e6 / len(rows))
    runs = [(whole(notebook, archive, given.folder), whole(ours, archive, given.folder)) for _ in range(given.repeat)]
    tell(f"archive to files in {given.folder}", [a for a, _ in runs], [b for _, b in runs], "ms", 1e3)


if __name__ == "__main__":
    main()
