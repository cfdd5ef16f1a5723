"""Writes the seed into an empty folder, as a git repository with a first commit where git is there."""

import shutil
import subprocess
from pathlib import Path

from seedcode.seed.errors import SeedError
from seedcode.seed.manifest import CHECKOUT, read_files

_MESSAGE = "Start from the Scones seed"
_SECONDS = 60


def write_seed(folder: Path, root: Path = CHECKOUT) -> bool:
    """Write the seed; return whether it is committed. Raises SeedError for a folder that holds something."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SeedError(f"{folder} is not empty; name a folder that is empty or not there yet.")
    for target, content in read_files(root).items():
        path = folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return _commit(folder)


def _commit(folder: Path) -> bool:
    git = shutil.which("git")
    if git is None:
        return False
    _git(git, "init", "--quiet", "--initial-branch=main", folder=folder)
    _git(git, "add", "--all", folder=folder)
    # Who has told git no name yet gets a commit all the same.
    named = subprocess.run([git, "config", "user.email"], cwd=folder, capture_output=True, check=False).returncode == 0
    identity = () if named else ("-c", "user.name=Scones", "-c", "user.email=scones@localhost")
    _git(git, *identity, "-c", "commit.gpgsign=false", "commit", "--quiet", "--message", _MESSAGE, folder=folder)
    return True


def _git(git: str, *words: str, folder: Path) -> None:
    done = subprocess.run([git, *words], cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if done.returncode:
        raise SeedError(f"The files are in {folder}, but git failed: {done.stderr.strip()}")
