"""A table of columns, each value with its type, as the analyzer infers them of text.

Types are told apart by the patterns of Deequ, on which AWS's container is built: digits are Integral, digits with a
point Fractional, and all else is String, also a number in scientific notation, of which AWS's page on baselines of
model quality warns. https://github.com/awslabs/deequ (StatefulDataType.scala),
https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-baseline.html
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from localaws.algorithms.model_monitor.arrays import Array

INTEGRAL, FRACTIONAL, STRING, UNKNOWN = "Integral", "Fractional", "String", "Unknown"
NUMBERS = (INTEGRAL, FRACTIONAL)
_INTEGRAL = r"[-+]? ?\d+"
_FRACTIONAL = r"[-+]? ?(?:\d+\.\d*|\.\d+)"


@dataclass(frozen=True)
class Column:
    """A column: text in the order of the rows, None where there is no value, and the types of the values there are."""

    name: str
    texts: pd.Series
    types: pd.Series

    @property
    def present(self) -> pd.Series:
        """The values there are, as text."""
        return self.texts.dropna()

    @property
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

    def numbers(self) -> Array:
        """The values that are numbers, in the order of the rows."""
        chosen = self.present[self.types.isin(NUMBERS)]
        return np.asarray(chosen.str.replace(" ", "", regex=False).astype(float))


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
    types = np.where(
        present.str.fullmatch(_INTEGRAL),
        INTEGRAL,
        np.where(present.str.fullmatch(_FRACTIONAL), FRACTIONAL, STRING),
    )
    return Column(name, texts, pd.Series(types, index=present.index, dtype=object))
