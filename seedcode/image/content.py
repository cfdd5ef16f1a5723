"""What goes into the image, and the tag that follows from it: the same content is the same image."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
DOCKERFILE = Path("seedcode/Dockerfile")
LOCK = Path("requirements/container.lock")
PACKAGES = ("common", "processing", "evaluation", "monitoring")
USER = 0
"""Whom the image runs as: root, for whom SageMaker mounts a processing job's inputs and outputs."""
_LENGTH = 16


def tag(user: int = USER, root: Path = CHECKOUT) -> str:
    """Return the image's tag: a digest of the Dockerfile, the lock, the packages that are copied, and the user."""
    digest = hashlib.sha256(str(user).encode())
    for path in list_files(root):
        content = hashlib.sha256((root / path).read_bytes()).hexdigest()
        digest.update(f"{path.as_posix()} {content}\n".encode())
    return digest.hexdigest()[:_LENGTH]


def list_files(root: Path = CHECKOUT) -> list[Path]:
    """Return every file that the image is made of, from the root, in a fixed order."""
    return [DOCKERFILE, LOCK, *sorted(_list_packages(root))]


def _list_packages(root: Path) -> Iterator[Path]:
    for package in PACKAGES:
        for path in (root / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path.relative_to(root)
