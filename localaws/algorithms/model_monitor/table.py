"""A table of columns, each value with its type, as the analyzer infers them of text.

Types are told apart by the patterns of Deequ, on which AWS's container is built: digits are Integral, digits with a
point or an exponent Fractional, and all else is String. https://github.com/awslabs/deequ (StatefulDataType.scala)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from localaws.algorithms.model_monitor.arrays import Array

INTEGRAL, FRACTIONAL, STRING, UNKNOWN = "Integral", "Fractional", "String", "Unknown"
NUMBERS = (INTEGRAL, FRACTIONAL)
_INTEGRAL = r"[-+]? ?\d+"
_FRACTIONAL = r"[-+]? ?(?:(?:\d+\.\d*|\.\d+)(?:[Ee][-+]?\d+)?|\d+[Ee][-+]?\d+)"


@dataclass(frozen=True)
class Column:
    """A column: text in the order of the rows, None where there is no value, and the types of the values there are.

    `numbers` are those of the values that are numbers, in the order of the rows.
    """

    name: str
    texts: pd.Series
    types: pd.Series
    numbers: Array

    @cached_property
    def present(self) -> pd.Series:
        """The values there are, as text."""
        return self.texts.dropna()

    @cached_property
    def type(self) -> str:
        """The type of all: String where one value is, else Fractional where one is; Unknown of no values."""
        found = set(self.types.unique())
        return next((kind for kind in (STRING, FRACTIONAL, INTEGRAL) if kind in found), UNKNOWN)

    @property
    def completeness(self) -> float:
        """The share of rows that have a value."""
        return len(self.present) / len(self.texts) if len(self.texts) else 0.0

    def share_of(self, kind: str) -> float:
        """The share of the values that are of a type; an integer is a fraction too, and in a String column all are."""
        if kind == STRING:
            return 1.0 if self.type == STRING else 0.0
        fitting = NUMBERS if kind == FRACTIONAL else (kind,)
        return float(self.types.isin(fitting).mean()) if len(self.types) else 1.0


@dataclass(frozen=True)
class Table:
    """Columns of as many rows each."""

    columns: tuple[Column, ...]
    rows: int

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def build_table(frame: pd.DataFrame) -> Table:
    """A table of a frame of text, in which a missing value is None, NaN or empty."""
    named = ((str(name), frame.iloc[:, place]) for place, name in enumerate(frame.columns))
    return Table(tuple(_build_column(name, values) for name, values in named), len(frame))


def _build_column(name: str, values: pd.Series) -> Column:
    texts = values.astype(object).where(values.notna() & (values != ""), None)
    present = texts.dropna().astype(str)
    types = np.full(len(present), STRING, dtype=object)
    types[_match(present, _INTEGRAL)] = INTEGRAL
    others = np.flatnonzero(types == STRING)
    types[others[_match(present.iloc[others], _FRACTIONAL)]] = FRACTIONAL
    numeric = np.flatnonzero(types != STRING)
    numbers = np.asarray(present.iloc[numeric].str.replace(" ", "", regex=False).astype(float))
    # What no float holds is no number to measure.
    types[numeric[~np.isfinite(numbers)]] = STRING
    return Column(name, texts, pd.Series(types, index=present.index, dtype=object), numbers[np.isfinite(numbers)])


def _match(texts: pd.Series, pattern: str) -> Array:
    return np.asarray(texts.str.fullmatch(pattern), dtype=bool)
