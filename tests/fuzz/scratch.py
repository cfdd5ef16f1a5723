"""A file for as long as a reader needs one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def file(name: str, data: bytes) -> Iterator[Path]:
    """The bytes under a name of their own, alone in a folder."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        yield path
