"""What a hyperparameter's text may be, as an algorithm and the API that checks a search both ask."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A reader of text that raises ValueError, and the allowed values as an error message names them."""

    allowed: str
    read: Callable[[str], object]
