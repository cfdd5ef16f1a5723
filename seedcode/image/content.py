"""What goes into the image: its base, by digest, from where CodeBuild may pull, and the tag of its content."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from seedcode.errors import ImageError

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


_FROM = re.compile(r"^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?\s*$", re.IGNORECASE | re.MULTILINE)
_REGISTRIES = r"(?:public\.ecr\.aws|\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?)"
_ALLOWED = re.compile(rf"{_REGISTRIES}/[^@\s]+@sha256:[0-9a-f]{{64}}|scratch")


def check_base(root: Path = CHECKOUT) -> None:
    """Raise ImageError for a base image of another registry than ECR's, or one without a digest."""
    found = _FROM.findall((root / DOCKERFILE).read_text(encoding="utf-8"))
    stages = {stage for _, stage in found if stage}
    for base, _ in found:
        if base not in stages and not _ALLOWED.fullmatch(base):
            raise ImageError(
                f"{DOCKERFILE} begins from {base}; take it from public.ecr.aws or a registry of yours in ECR, by its "
                "digest (@sha256:...): others limit the pulls of CodeBuild, and a tag may be another image tomorrow."
            )
