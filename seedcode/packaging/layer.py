"""The layer that the functions share: what they need besides boto3, which Lambda brings."""

import subprocess
import sys
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from common.archives import BadArchive, Limits, read_zip
from seedcode.errors import PackagingError
from seedcode.packaging.archive import LAYER_LIMIT, write_archive
from seedcode.packaging.function import CHECKOUT

PYTHONS = ("3.11", "3.12", "3.13")
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


REQUIREMENTS = Path(__file__).parents[1] / "layer-requirements.txt"
DOWNLOAD_SECONDS = 300
LIMITS = Limits(members=20_000, file_bytes=250_000_000, total_bytes=250_000_000)  # a layer may have no more
# Below `<name>.data/`, these two are what Python imports; scripts and headers have no use in a layer.
IMPORTED = ("purelib", "platlib")


def download_wheels(folder: Path, python: str, machine: str) -> None:
    """Download the pinned wheels into a folder; pip refuses what has another digest than the one that is pinned.

    manylinux2014 is what both Amazon Linux 2 (Python 3.11) and 2023 (later ones) can load.
    """
    platform = ["--platform", f"manylinux2014_{machine}", "--python-version", python, "--implementation", "cp"]
    pinned = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--requirement", str(REQUIREMENTS)]
    quiet = ["--quiet", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "download", *quiet, *platform, *pinned, "--dest", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=DOWNLOAD_SECONDS, check=False)
    if done.returncode:
        reason = (done.stderr.strip() or "pip gave no reason").splitlines()[-1]
        raise PackagingError(
            f"The layer's wheels for Python {python} on {machine} cannot be downloaded: {reason}. "
            "Building the layer needs a package index; nothing else does."
        )


def read_wheels(folder: Path) -> dict[str, bytes]:
    """Read all wheels of a folder as one set of files; raise PackagingError where two wheels disagree on one."""
    wheels = sorted(folder.glob("*.whl"))
    if not wheels:
        raise PackagingError(f"There is no wheel in {folder}; a layer needs at least one.")
    files: dict[str, bytes] = {}
    for wheel in wheels:
        for name, content in _read_wheel(wheel).items():
            if files.setdefault(name, content) != content:
                raise PackagingError(f"{wheel.name} brings another {name} than a wheel before it; pin one only.")
    return files


def _read_wheel(wheel: Path) -> dict[str, bytes]:
    files = {}
    try:
        with wheel.open("rb") as file:
            for member in read_zip(file, LIMITS):
                name = None if member.is_directory else _installed_name(member.name)
                if name:
                    files[name] = member.content.read(member.size)
    except BadArchive as error:
        raise PackagingError(f"{wheel.name} cannot be used, as {error}; do not use this wheel.") from error
    return files


def _installed_name(name: str) -> str | None:
    """Return where an installation puts a wheel's file, from site-packages; None for what is not imported."""
    path = PurePosixPath(name)
    if not path.parts[0].endswith(".data"):
        return str(path)
    return "/".join(path.parts[2:]) if path.parts[1] in IMPORTED else None
