"""What a new project's repository starts from: the packages that ship, and what builds and tests them.

It is written into a folder, or packed as a zip, which CloudFormation puts into a new repository of CodeCommit.
"""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from seedcode.errors import PackagingError
from seedcode.packaging.archive import MEGABYTE, Limit, write_archive

CHECKOUT = Path(__file__).parents[2]
OWN = Path("seedcode/seed/files")

# Folders that are taken whole. What makes seeds stays here: a seeded repository has its own life.
PACKAGES = ("common", "pipelines", "processing", "evaluation", "lambdas", "workflow", "seedcode", "tests/smoke")
WHERE_THERE = ("monitoring",)  # a project may do without
LEFT_OUT = (Path("seedcode/seed"), Path("seedcode/commands/seed.py"))

# Where a file lies in the new repository, and where it is taken from.
FILES: Mapping[str, str] = {
    "README.md": f"{OWN}/README.md",
    "Makefile": f"{OWN}/Makefile",
    "setup.py": f"{OWN}/setup.py",
    "pyproject.toml": f"{OWN}/pyproject.toml",
    ".gitignore": f"{OWN}/gitignore",
    ".github/workflows/run.yml": "seedcode/github/run.yml",
    ".github/workflows/pull-request.yml": "seedcode/github/pull-request.yml",
    ".github/workflows/audit.yml": "seedcode/github/audit.yml",
    "LICENSE": "LICENSE",
    "requirements/audit.lock": "requirements/audit.lock",
    "requirements/build.lock": "requirements/build.lock",
    "requirements/container.lock": "requirements/container.lock",
}
LIMIT = Limit(packed=10 * MEGABYTE, unpacked=10 * MEGABYTE)
_MESSAGE = "Start from the Scones seed"
_SECONDS = 60


class SeedError(PackagingError):
    """A sentence for the person at the keyboard: what was given, what is allowed, what to do."""


def build_seed(folder: Path | None = None, root: Path = CHECKOUT) -> Path:
    """Pack the seed; return `<folder>/seed-<sha256>.zip`, by default in `dist/`. The same files make the same bytes."""
    return write_archive("seed", read_files(root), LIMIT, folder or root / "dist")


def write_seed(folder: Path, root: Path = CHECKOUT) -> bool:
    """Write the seed; return whether it is committed. Raises SeedError for a folder that holds something."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SeedError(f"{folder} is not empty; name a folder that is empty or not there yet.")
    for target, content in read_files(root).items():
        path = folder / target
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return _commit(folder)


def read_files(root: Path = CHECKOUT) -> dict[str, bytes]:
    """Read the seed: content by place in the new repository. Raises SeedError where a listed file is missing."""
    listed = {target: root / source for target, source in FILES.items()}
    missing = [str(path.relative_to(root)) for path in listed.values() if not path.is_file()]
    missing += [package for package in PACKAGES if not (root / package).is_dir()]
    if missing:
        raise SeedError(f"The seed lacks {', '.join(missing)}; run this from a whole checkout of the project.")
    return {target: path.read_bytes() for target, path in sorted((listed | _list_packages(root)).items())}


def _list_packages(root: Path) -> dict[str, Path]:
    return {
        path.relative_to(root).as_posix(): path
        for package in (*PACKAGES, *WHERE_THERE)
        for path in _list_package(root, root / package)
    }


def _list_package(root: Path, folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        place = path.relative_to(root)
        hidden = any(part.startswith(".") or part == "__pycache__" for part in place.parts)
        if path.is_file() and not hidden and not any(place.is_relative_to(left) for left in LEFT_OUT):
            yield path


def _commit(folder: Path) -> bool:
    git = shutil.which("git")
    if git is None:
        return False
    _git(git, "init", "--quiet", "--initial-branch=main", folder=folder)
    _git(git, "add", "--all", folder=folder)
    # Who has given git no name yet gets a commit all the same.
    named = subprocess.run([git, "config", "user.email"], cwd=folder, capture_output=True, check=False).returncode == 0
    identity = () if named else ("-c", "user.name=Scones", "-c", "user.email=scones@localhost")
    _git(git, *identity, "-c", "commit.gpgsign=false", "commit", "--quiet", "--message", _MESSAGE, folder=folder)
    return True


def _git(git: str, *words: str, folder: Path) -> None:
    done = subprocess.run([git, *words], cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False)
    if done.returncode:
        raise SeedError(f"The files are in {folder}, but git failed: {done.stderr.strip()}")
