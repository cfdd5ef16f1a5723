"""Which packages a program finds, in words: an interpreter, and lists of packages that lie one on the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

ONLY_WHEELS = "--only-binary=:all:"
"""An option of pip's that a list of requirements may have: nothing is built."""


@dataclass(frozen=True)
class Environment:
    """An environment that can be made; see localaws.images.environments.making.

    `python` is an interpreter of the user's, or None for the one that the product runs with. A `bare` environment
    begins with pip and setuptools alone; any other begins with what is installed for the interpreter. Each of `layers`
    is a list of requirements as pip reads them, installed on those before it. `notes` are sentences for the log of a
    job that uses it, such as which version stands for one that has no wheel here.
    """

    python: Path | None = None
    bare: bool = False
    layers: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    costs: tuple[str, ...] = ()
    image: str = field(default="", compare=False)
    without: Environment | None = field(default=None, compare=False)

    def with_packages(self, requirements: Iterable[str]) -> Environment:
        """The same environment with one more layer: requirements such as `scikit-learn==1.2.2`."""
        lines = tuple(line for line in requirements if line.strip())
        return replace(self, layers=(*self.layers, lines)) if lines else self

    def with_wheels(self, requirements: Iterable[str], *, needed: bool = True) -> Environment:
        """The same with a layer of what a job's own file asks for: wheels of an index alone.

        Layers are installed by the local AWS and not by the job, and to build a package is to run its code. Where it is
        not `needed`, as the job's pip would install it as well, the job goes without the layer that cannot be made.
        """
        made = self.with_packages([ONLY_WHEELS, *requirements])
        return made if needed else replace(made, without=self)


def of_packages(requirements: Iterable[str], python: Path | None = None, notes: Iterable[str] = ()) -> Environment:
    """The environment of an image that has these packages, with pip and setuptools, and none of the product's."""
    return Environment(python, bare=True, notes=tuple(notes)).with_packages(requirements)


PRODUCT = Environment()
"""What is installed for the product: the project's own container image, and images that nothing is known of."""
