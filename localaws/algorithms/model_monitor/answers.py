"""Predictions and truths of a table's rows, as numbers or labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from common.jobs import Refusal
from localaws.algorithms.model_monitor.arrays import Array
from localaws.algorithms.model_monitor.request import BINARY, REGRESSION, ModelQuality
from localaws.algorithms.model_monitor.table import Column, Table

_BOOLEANS = {"true": "1", "false": "0"}


@dataclass(frozen=True)
class Answers:
    """Each row's prediction and truth, numbers of a regression and labels of a classification, and its probability."""

    predicted: Array
    truths: Array
    probabilities: Array | None

    def __len__(self) -> int:
        return len(self.truths)

    def take(self, rows: Array) -> Answers:
        """The answers of some rows."""
        probabilities = None if self.probabilities is None else self.probabilities[rows]
        return Answers(self.predicted[rows], self.truths[rows], probabilities)


def read_answers(table: Table, asked: ModelQuality) -> Answers:
    """Find the columns and read them; rows that lack a value are left out. Raises Refusal."""
    columns = [asked.truth, *filter(None, (asked.inference, asked.probability))]
    frame = pd.concat([_find(table, name).texts.rename(name) for name in dict.fromkeys(columns)], axis=1).dropna()
    if frame.empty:
        raise Refusal(f"No row has a value in each of {', '.join(columns)}: give predictions with their ground truth.")
    probabilities = _numbers(frame[asked.probability], asked.probability) if asked.probability else None
    if asked.problem == REGRESSION:
        predicted = _numbers(frame[asked.inference], str(asked.inference))
        return Answers(predicted, _numbers(frame[asked.truth], asked.truth), None)
    truths = _labels(frame[asked.truth])
    if asked.inference:
        predicted = _labels(frame[asked.inference])
    else:
        predicted = np.where(np.asarray(probabilities) >= asked.threshold, "1", "0").astype(object)
    if asked.problem == BINARY:
        _check_binary(truths, asked.truth)
        _check_binary(predicted, str(asked.inference))
    return Answers(predicted, truths, probabilities if asked.problem == BINARY else None)


def _find(table: Table, attribute: str) -> Column:
    """A column by its name, its place, or a JSONPath such as $.predictions.label."""
    name = attribute.removeprefix("$.")
    for column in table.columns:
        if column.name == name:
            return column
    if attribute.isdigit() and int(attribute) < len(table.columns):
        return table.columns[int(attribute)]
    raise Refusal(f"The dataset has no column {attribute!r}; it has {', '.join(table.names)[:300]}.")


def _numbers(texts: pd.Series, name: str | None) -> Array:
    values = pd.to_numeric(texts, errors="coerce")
    if values.isna().any():
        raise Refusal(f"The column {name!r} has {texts[values.isna()].iloc[0]!r}, where a number is needed.")
    return np.asarray(values, dtype=float)


def _labels(texts: pd.Series) -> Array:
    """Labels as text, so that 1, 1.0 and true are one."""
    return np.asarray([_label(str(text)) for text in texts], dtype=object)


def _label(text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return _BOOLEANS.get(text.lower(), text)
    return str(int(number)) if number.is_integer() else text


def _check_binary(labels: Array, name: str) -> None:
    others = sorted(set(labels) - {"0", "1"})
    if others:
        raise Refusal(f"The column {name!r} has {others[0]!r}; labels of a BinaryClassification are 0 and 1.")
