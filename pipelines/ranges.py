"""What numbers a parameter may be: an impossible one is refused before the start, not by a step an hour later.

Who reads a number refuses it as well: PrepareData, EvaluateModel and the algorithm, which ship alone and cannot import
this. A contract test holds both sides to the same answers.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Range:
    """Which numbers are allowed, in words that follow `a number` and in code; NaN is none of them."""

    words: str
    holds: Callable[[float], bool]


def between(least: float, most: float) -> Range:
    """Allow numbers from a smallest to a largest one, both included."""
    return Range(f"from {least} to {most}", lambda number: least <= number <= most)


def at_least(least: int) -> Range:
    """Allow numbers from a smallest one on."""
    return Range(f"of at least {least}", lambda number: number >= least)


def among(*numbers: int) -> Range:
    """Allow a few numbers."""
    return Range(f"among {', '.join(map(str, numbers))}", lambda number: number in numbers)
