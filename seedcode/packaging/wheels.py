"""Wheels for Lambda's platform: downloaded, and read as the files that an installation would write."""

import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

from seedcode.packaging.errors import PackagingError

REQUIREMENTS = Path(__file__).parents[1] / "layer-requirements.txt"
DOWNLOAD_SECONDS = 300
# Below `<name>.data/`, these two are what Python imports; scripts and headers have no use in a layer.
IMPORTED = ("purelib", "platlib")


def download_wheels(folder: Path, python: str, machine: str) -> None:
    """Download the pinned wheels into a folder; pip refuses what has another digest than the one that is pinned.

    manylinux2014 is what both Amazon Linux 2 (Python 3.11) and 2023 (Python 3.12) can load.
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
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            name = None if entry.is_dir() else _installed_name(wheel, entry.filename)
            if name:
                files[name] = archive.read(entry)
    return files


def _installed_name(wheel: Path, name: str) -> str | None:
    """Return where an installation puts a wheel's file, from site-packages; None for what is not imported."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise PackagingError(f"{wheel.name} has a file {name!r} that leads out of its folder; do not use this wheel.")
    if not path.parts[0].endswith(".data"):
        return str(path)
    return "/".join(path.parts[2:]) if path.parts[1] in IMPORTED else None
