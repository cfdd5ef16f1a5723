"""The buildspec of a pushed commit."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from localaws.builds.buildspec import parse
from localaws.builds.errors import BuildError

_SEEDCODE = Path(__file__).parents[3] / "seedcode"
SEEDS = [
    (_SEEDCODE / "buildspec.yml").read_bytes(),
    b"version: 0.2\nenv:\n  shell: bash\n  variables: {A: 1}\nphases:\n  build:\n    commands: [a]\n    finally: [c]\n",
    b'{"version": 0.2, "phases": {"build": {"commands": ["a"], "on-failure": "ABORT"}}}',
]


def one_input(data: bytes) -> None:
    """A buildspec is parsed or refused."""
    with suppress(BuildError):
        parse(data.decode("utf-8", "replace"))
