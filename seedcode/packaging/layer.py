"""The layer that the functions share: what they need besides boto3, which Lambda brings."""

from pathlib import Path
from tempfile import TemporaryDirectory

from seedcode.packaging.archive import LAYER_LIMIT, write_archive
from seedcode.packaging.errors import PackagingError
from seedcode.packaging.function import CHECKOUT
from seedcode.packaging.wheels import download_wheels, read_wheels

PYTHONS = ("3.11", "3.12")
# Lambda calls the second one arm64.
MACHINES = ("x86_64", "aarch64")


def build_layer(
    python: str = "3.12", machine: str = "x86_64", wheels: Path | None = None, folder: Path | None = None
) -> Path:
    """Pack the layer for one Python and machine; return `<folder>/layer-py<version>-<machine>-<sha256>.zip`.

    The pinned wheels are downloaded unless a folder of wheels is given. Lambda puts `python/` of a layer on the path.
    Raises PackagingError for a platform that the functions do not run on, and where pip fails.
    """
    if python not in PYTHONS or machine not in MACHINES:
        raise PackagingError(
            f"There is no layer for Python {python} on {machine}; it can be {' or '.join(PYTHONS)} "
            f"on {' or '.join(MACHINES)}."
        )
    files = read_wheels(wheels) if wheels else _download(python, machine)
    placed = {f"python/{name}": content for name, content in files.items()}
    return write_archive(f"layer-py{python}-{machine}", placed, LAYER_LIMIT, folder or CHECKOUT / "dist")


def _download(python: str, machine: str) -> dict[str, bytes]:
    with TemporaryDirectory() as folder:
        download_wheels(Path(folder), python, machine)
        return read_wheels(Path(folder))
