"""The one error of an artifact's readers, and a name for the file that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class BadArtifact(Exception):
    """An artifact that is refused. The text says why, without a full stop, such as "it is truncated"."""


@contextmanager
def naming(file: str) -> Iterator[None]:
    """Put a file's name before what is said of it."""
    try:
        yield
    except BadArtifact as error:
        raise BadArtifact(f"{file} cannot be used, as {error}") from error
