"""The one error of an artifact's readers, and a name for the file that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class BadArtifact(Exception):
    """An artifact that is refused. The text says why, without a full stop, such as "it is truncated"."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Put a file's name before what is said of it."""
    try:
        yield
    except BadArtifact as error:
        raise BadArtifact(f"{path.name} cannot be used, as {error}") from error


def load_bytes(path: Path, most: int) -> bytes:
    """Load a file of at most `most` bytes; raises BadArtifact for a larger one, which is not read to its end."""
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise BadArtifact(f"it has more than the {most:,} bytes that are allowed")
    return content
