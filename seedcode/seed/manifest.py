"""Which files a new repository starts with: the rooms that ship, what builds and tests them, nothing of the laptop."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from seedcode.seed.errors import SeedError

CHECKOUT = Path(__file__).parents[2]
OWN = Path("seedcode/seed/files")

# Folders that are taken whole. What makes seeds stays here: a seeded repository has its own life.
ROOMS = ("common", "pipelines", "processing", "evaluation", "lambdas", "workflow", "seedcode", "tests/smoke")
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


def read_files(root: Path = CHECKOUT) -> dict[str, bytes]:
    """Read the seed: content by place in the new repository. Raises SeedError where a listed file is missing."""
    listed = {target: root / source for target, source in FILES.items()}
    missing = [str(path.relative_to(root)) for path in listed.values() if not path.is_file()]
    missing += [room for room in ROOMS if not (root / room).is_dir()]
    if missing:
        raise SeedError(f"The seed lacks {', '.join(missing)}; run this from a whole checkout of the project.")
    return {target: path.read_bytes() for target, path in sorted((listed | _list_rooms(root)).items())}


def _list_rooms(root: Path) -> dict[str, Path]:
    return {
        path.relative_to(root).as_posix(): path
        for room in (*ROOMS, *WHERE_THERE)
        for path in _list_room(root, root / room)
    }


def _list_room(root: Path, folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        place = path.relative_to(root)
        hidden = any(part.startswith(".") or part == "__pycache__" for part in place.parts)
        if path.is_file() and not hidden and not any(place.is_relative_to(left) for left in LEFT_OUT):
            yield path
