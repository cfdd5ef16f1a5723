"""An environment that is there, and what is known of each of its layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from localaws.failures import JobFailure
from localaws.images.environments.interpreters import Interpreter

ABOUT = "about.json"
"""In a layer: the image that it was first made for, its requirements and its size."""


GivenUp = Callable[[], bool]
"""Answers whether nobody waits for the environment any more."""


class Interrupted(JobFailure):
    """A stop was asked for while an environment was made."""


@dataclass(frozen=True)
class Made:
    """An environment that is there: folders of packages and of scripts, those that are found first before others.

    `folders` are what a program of it must be able to read; each costs a mount, so that a layer is one.
    """

    interpreter: Interpreter
    packages: tuple[Path, ...]
    scripts: tuple[Path, ...]
    folders: tuple[Path, ...]

    def above(self, layer: Path) -> Made:
        """The environment with a layer on it."""
        return Made(
            self.interpreter,
            (layer / self.interpreter.packages, *self.packages),
            (layer / "bin", *self.scripts),
            (layer, *self.folders),
        )


def has_package(sites: Sequence[Path], package: str) -> bool:
    """Whether a package is in one of these folders."""
    return any((site / package / "__init__.py").is_file() for site in sites)
