"""The one error of a net's files, and how they are read."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class BadModel(Exception):
    """A file that is refused. The text names it and says why, without a full stop."""


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Put a file's name before what is said of it, such as "it holds the operator 'x'"."""
    try:
        yield
    except BadModel as error:
        raise BadModel(f"{path.name} cannot be used, as {error}") from error


def load_json(path: Path, most: int) -> Any:  # noqa: ANN401 - what others wrote
    """Read a small JSON file; raises BadModel where it is larger than `most` bytes, or not JSON."""
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise BadModel(f"it has more than the {most:,} bytes that are allowed")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadModel(f"it is not JSON, or JSON nested too deeply ({error})") from error
