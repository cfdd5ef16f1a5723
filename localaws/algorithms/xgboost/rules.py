"""How a hyperparameter's text is read: the kinds of values that the container has, with the words of its refusals."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Collection, Sequence

from localaws.algorithms.rule import Rule


class OutOfRange(ValueError):
    """The text is of the right kind, and its value not among those that are allowed."""


def integer(low: int = 0, high: int | None = None) -> Rule:
    """Allow whole numbers from `low` to `high`, both included."""
    return _number(int, low, high, open_low=False, open_high=False)


def number(low: float = 0, high: float | None = None, *, open_low: bool = False, open_high: bool = False) -> Rule:
    """Allow numbers from `low` to `high`; an open end is not included."""
    return _number(float, low, high, open_low=open_low, open_high=open_high)


def choice(*values: str) -> Rule:
    """Allow a few words."""
    return Rule(f"one of {', '.join(values)}", lambda text: _among(text, values))


def words(values: Collection[str], accepts: Callable[[str], bool] | None = None) -> Rule:
    """Allow words with commas between them, each one of `values` or one that `accepts` takes."""

    def read(text: str) -> list[str]:
        found = [word.strip() for word in text.split(",")]
        if not all(word in values or (accepts is not None and accepts(word)) for word in found):
            raise OutOfRange(f"value {found} not in range {sorted(values)}")
        return found

    return Rule(f"of {', '.join(values)}, with commas between", read)


def signs() -> Rule:
    """Allow one of -1, 0 and 1 for each feature, as in `(1,0,-1)`."""

    def read(text: str) -> tuple[int, ...]:
        found = _literal(text)
        if not isinstance(found, Sequence) or not all(item in (-1, 0, 1) for item in found):
            raise OutOfRange(f"value {text} not in range [-1, 0, 1]")
        return tuple(found)

    return Rule("-1, 0 or 1 for each feature, such as (1,0,-1)", read)


def groups() -> Rule:
    """Allow lists of features' numbers, as in `[[1,2],[3,4]]`; XGBoost reads the text itself."""

    def read(text: str) -> str:
        found = _literal(text)
        flat = [item for group in found for item in group] if isinstance(found, list) else [None]
        if not all(isinstance(item, int) and item >= 1 for item in flat):
            raise OutOfRange(f"value {text} not in range [1, +inf)")
        return str(found)

    return Rule("lists of features' numbers from 1, such as [[1,2],[3,4]]", read)


def _number(read: Callable[[str], float], low: float, high: float | None, *, open_low: bool, open_high: bool) -> Rule:
    most = math.inf if high is None else high
    end = "+inf)" if high is None else f"{high}{')' if open_high else ']'}"
    interval = f"{'(' if open_low else '['}{low}, {end}"

    def check(text: str) -> float:
        value = read(text)
        above = value > low if open_low else value >= low
        below = value < most if open_high or high is None else value <= most
        if not (above and below):
            raise OutOfRange(f"{value} is not in {interval}")
        return value

    return Rule(f"{'a whole number' if read is int else 'a number'} in {interval}", check)


def _among(text: str, values: tuple[str, ...]) -> str:
    if text not in values:
        raise OutOfRange(f"{text} is not in {list(values)}")
    return text


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (SyntaxError, TypeError, MemoryError, RecursionError) as error:
        raise ValueError(text) from error
