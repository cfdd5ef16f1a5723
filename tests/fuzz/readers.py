"""The harnesses by name: each reader of what comes from outside, with examples to start from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).with_name("harnesses")
FOUND = Path(__file__).with_name("found")


@dataclass(frozen=True)
class Reader:
    """A reader under one function; `seeds` are whole, `found` once broke it and is kept as a test."""

    name: str
    one_input: Callable[[bytes], None]
    seeds: Sequence[bytes]

    @property
    def found(self) -> list[Path]:
        return sorted((FOUND / self.name).glob("*"))


def names() -> list[str]:
    """Every harness."""
    return sorted(path.stem for path in FOLDER.glob("*.py"))


def load(name: str) -> Reader:
    """Import one harness with its reader."""
    module = import_module(f"tests.fuzz.harnesses.{name}")
    return Reader(name, module.one_input, module.SEEDS)
