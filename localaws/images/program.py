"""What runs in an image's place: its words, its interpreter and the environment that its packages are in."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """A container's program.

    `python` is the interpreter that stands for the image's `python3`, and its folder is first on PATH; `readable` are
    folders that the program needs beside the system's and the interpreter's own; `variables` are what the image
    itself sets, which a job's own variables replace.
    """

    argv: tuple[str, ...]
    python: Path = Path(sys.executable)
    readable: tuple[Path, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
