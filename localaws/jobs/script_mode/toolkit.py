"""AWS's sagemaker-training toolkit in the local AWS's home: fetched once, when a job first runs a script.

Of its source distribution the Python part is taken and nothing is built: the extension in it names hosts to MPI, which
no job has here, and does not link on macOS. So the files, some 100 KB, serve every interpreter and change no
environment: a job has their folder at the end of its path, and boto3 from its own packages.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from common.archives import BadArchive, Limits, Member, read_tar, read_zip, unpack
from localaws.failures import ClientFailure
from localaws.images.environments.environment import of_packages
from localaws.images.environments.making import make

REQUIREMENTS = Path(__file__).with_name("toolkit-requirements.txt")
_LIMITS = Limits(members=2_000, file_bytes=4 << 20, total_bytes=16 << 20)
_SECONDS = 300
_fetching = threading.Lock()


def find_toolkit(home: Path) -> Path | None:
    """The folder of the toolkit's packages, where it has been fetched."""
    folder = _place(home)
    return folder if folder.is_dir() else None


def fetch_toolkit(home: Path) -> Path:
    """The folder of the toolkit's packages, from the package index where the home has none yet.

    Raises ClientFailure where the index cannot be reached.
    """
    with _fetching:
        folder = find_toolkit(home)
        if folder is None:
            folder = _place(home)
            _fetch(folder)
        return folder


def _place(home: Path) -> Path:
    return home / "toolkit" / hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]


def _fetch(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as work:
        archives, packages = Path(work, "archives"), Path(work, "packages")
        download(archives)
        try:
            unpack((member for archive in sorted(archives.iterdir()) for member in _members(archive)), packages)
        except BadArchive as error:
            raise ClientFailure(f"The toolkit cannot be unpacked, as {error}; take another package index.") from error
        shutil.move(packages, folder)


def download(folder: Path) -> None:
    """Download the pinned archives into a folder; pip refuses what has another digest than the one that is pinned."""
    pinned = ["--require-hashes", "--no-deps", "--requirement", str(REQUIREMENTS)]
    quiet = ["--quiet", "--disable-pip-version-check"]
    # pip asks the source distributions' setup.py for their names: with our setuptools, or one that it fetches.
    ours = ["--no-build-isolation"] if _can_build() else []
    command = [str(_find_python()), "-m", "pip", "download", *quiet, *pinned, *ours, "--dest", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        reason = f"the package index did not answer within {_SECONDS} s"
    else:
        if done.returncode == 0:
            return
        reason = (done.stderr.strip() or "pip gave no reason").splitlines()[-1]
    raise ClientFailure(
        f"AWS's sagemaker-training toolkit, which runs scripts, cannot be downloaded: {reason}. It is fetched "
        "once, from the package index that pip is set to; start the job again when it can be reached."
    )


def _can_build() -> bool:
    """Whether this environment's setuptools can tell pip what it asks: with `wheel`, or since 70.1 without."""
    try:
        major, minor = (int(number) for number in version("setuptools").split(".")[:2])
    except (PackageNotFoundError, ValueError):
        return False
    return (major, minor) >= (70, 1) or find_spec("wheel") is not None


def _find_python() -> Path:
    """A Python with pip: this one, or where its environment was made without (as uv does) one of Python's own."""
    if find_spec("pip"):
        return Path(sys.executable)
    made = make(of_packages([]), lambda _: None, lambda: False)
    return made.scripts[0] / "python3"


def _members(archive: Path) -> Iterator[Member]:
    """What Python imports: of a wheel all, of a source distribution the package below its own name, or below src."""
    is_wheel = archive.suffix == ".whl"
    with archive.open("rb") as file:
        for member in read_zip(file, _LIMITS) if is_wheel else read_tar(file, _LIMITS):
            top, _, rest = member.name.partition("/")
            package = "" if is_wheel else top.rpartition("-")[0] + "/"
            name = member.name if is_wheel else rest.removeprefix("src/")
            if not member.is_directory and name.startswith(package) and name.endswith(".py"):
                yield replace(member, name=name)
