"""A request's rows as the matrix that a model is asked with; they have no label.

As in https://github.com/aws/sagemaker-xgboost-container (serve_utils.py, encoder.py): in csv an empty field is a
missing value, in libsvm a feature that is not named is one, and features have the numbers that they have in training.
"""

from __future__ import annotations

import csv
import re

import numpy as np
import xgboost
from scipy.sparse import csr_matrix

from localaws.algorithms.xgboost.content_types import CSV, LIBSVM, parse_content_type

_SNIFFED = 512
_MOST_COLUMNS = 1 << 31
_PAIR = re.compile(rb"[0-9]:[-+.0-9]")


class RequestError(Exception):
    """A body that is not what its content type says."""


def read_rows(body: bytes, content_type: str | None) -> tuple[xgboost.DMatrix, str]:
    """The rows of a body, and the kind of table that it is. Raises ClientError and RequestError."""
    # A batch transform job that states no content type sends none, and its tables are csv more often than not.
    kind = parse_content_type(content_type) if content_type or _PAIR.search(body) else CSV
    if kind not in (CSV, LIBSVM):
        raise RequestError(f"Content-type {content_type} is not supported: send text/csv or text/libsvm.")
    try:
        text = body.strip().decode("utf-8")
        return (read_csv(text) if kind == CSV else read_libsvm(text)), kind
    except (ValueError, IndexError, csv.Error) as error:
        raise RequestError(
            f"Loading {kind} data failed with Exception, please ensure data is in {kind} format:\n {error}"
        ) from error


def read_csv(text: str) -> xgboost.DMatrix:
    """Rows of numbers; raises ValueError."""
    lines = text.split("\n")
    try:
        found = csv.Sniffer().sniff(lines[0][:_SNIFFED]).delimiter
    except csv.Error:
        # A single number has no delimiter.
        found = ","
    delimiter = "," if found.isalnum() or found in ".+-\r" else found
    fields = [[field.strip() or "nan" for field in line.split(delimiter)] for line in lines]
    return xgboost.DMatrix(np.array(fields).astype(float), nthread=1)


def _read_index(text: str) -> int:
    index = int(text)
    if not 0 <= index < _MOST_COLUMNS:
        raise ValueError(f"the feature {text} is not a number from 0 to {_MOST_COLUMNS - 1}")
    return index


def read_libsvm(text: str) -> xgboost.DMatrix:
    """Rows of `index:value` pairs, with a label before them or without; raises ValueError."""
    rows, columns, values = [], [], []
    lines = text.split("\n")
    for number, line in enumerate(lines):
        for pair in filter(lambda word: ":" in word, line.split()):
            index, _, value = pair.partition(":")
            rows.append(number)
            columns.append(_read_index(index))
            values.append(float(value))
    width = max(columns, default=-1) + 1
    return xgboost.DMatrix(csr_matrix((values, (rows, columns)), shape=(len(lines), width)), nthread=1)
