"""A channel's files as the matrix that XGBoost trains on.

Text is read by XGBoost itself, as the container has it: the label is first and there is no header, an empty field or
one that is no number is a missing value. All files of a channel are one table, in the order of their names.
"""

from __future__ import annotations

import csv
import logging
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import xgboost

from localaws.algorithms.errors import ClientError
from localaws.algorithms.xgboost.channels import Channel
from localaws.algorithms.xgboost.content_types import CSV, LIBSVM, PARQUET
from localaws.algorithms.xgboost.log import strip_places

_SHOWN = 50


def read_matrix(channel: Channel, kind: str, *, weights: bool) -> xgboost.DMatrix:
    """A channel's rows with their labels, and in csv with their weights from the second column. Raises ClientError."""
    if kind == CSV:
        delimiter, *_ = [_find_delimiter(path) for path in channel.files]
        logging.info("Determined delimiter of CSV input is '%s'", delimiter)
        more = "&weight_column=1" if weights else ""
        matrix = _read_text(channel, f"csv&label_column=0&delimiter={delimiter}{more}")
        _warn_of_words(channel.files[0], delimiter)
    elif kind == LIBSVM:
        for path in channel.files:
            _check_libsvm(path)
        matrix = _read_text(channel, "libsvm")
    elif kind == PARQUET:
        matrix = _read_parquet(channel)
    else:
        raise ClientError(
            f"The {channel.name} channel has {kind}, which the local AWS does not read: give csv, libsvm or parquet."
        )
    if not len(matrix.get_label()):
        raise ClientError("Got input data without labels. Please check the input data set.")
    return matrix


def _read_text(channel: Channel, form: str) -> xgboost.DMatrix:
    with TemporaryDirectory() as folder:
        table = Path(folder, "table")
        with table.open("wb") as joined:
            for path in channel.files:
                with path.open("rb") as part:
                    shutil.copyfileobj(part, joined)
                    _end_line(part, joined)
        try:
            return xgboost.DMatrix(f"{table}?format={form}", nthread=1)
        except xgboost.core.XGBoostError as error:
            said = strip_places(error)
            raise ClientError(f"Failed to load {form.partition('&')[0]} data with exception:\n{said}") from error


def _end_line(part: IO[bytes], joined: IO[bytes]) -> None:
    part.seek(-1, 2)
    if part.read(1) != b"\n":
        joined.write(b"\n")


def _find_delimiter(path: Path) -> str:
    with path.open(encoding="utf-8", errors="ignore") as lines:
        first = lines.readline()
    try:
        delimiter = csv.Sniffer().sniff(first).delimiter
    except csv.Error as error:
        raise ClientError(f"Could not determine delimiter on line {first[:_SHOWN]}:\n{error}") from error
    # Of a line such as 1.5,2.5 a sniffer may take the points.
    return "," if delimiter.isalnum() or delimiter in ".+-" else delimiter


def _warn_of_words(path: Path, delimiter: str) -> None:
    """Say it where a first line is none of numbers: on AWS as here, it is one more row, of missing values."""
    with path.open(encoding="utf-8", errors="ignore") as lines:
        fields = lines.readline().strip().split(delimiter)
    odd = [field for field in fields if field and not _is_number(field)]
    if odd:
        logging.warning(
            "The first line of %s has %s, which is no number: a header becomes a row, and such a field a missing value",
            path.name,
            odd[0][:_SHOWN],
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _check_libsvm(path: Path) -> None:
    """Refuse what does not begin with a label and `index:value` pairs, by the first line that has pairs."""
    weighted = set()
    with path.open(encoding="utf-8", errors="ignore") as lines:
        for line in filter(str.strip, lines):
            label, *pairs = line.split("#", 1)[0].split()
            wrong = not all(_is_number(part) for part in label.split(":")) or label.count(":") > 1
            if wrong or not all(":" in pair for pair in pairs if not pair.startswith("qid:")):
                raise ClientError(
                    f"First line '{line.strip()[:_SHOWN]}...' of file '{path.name}' is not 'LIBSVM' format. Please "
                    "ensure the file is in 'LIBSVM' format."
                )
            weighted.add(":" in label)
    if len(weighted) > 1:
        raise ClientError(f"{path.name} has a weight on some of its lines alone: give every line one, or none.")


def _read_parquet(channel: Channel) -> xgboost.DMatrix:
    try:
        from pyarrow import parquet  # noqa: PLC0415 - no part of the local AWS: who has it can use it
    except ImportError as error:
        raise ClientError(
            f"The {channel.name} channel has parquet, which needs pyarrow ({error}): run `pip install 'pyarrow<22'` "
            "where the local AWS is installed, or give csv."
        ) from error
    import numpy as np  # noqa: PLC0415

    try:
        tables = [parquet.read_table(path) for path in channel.files]
        table = np.concatenate([np.column_stack([column.to_numpy() for column in each.columns]) for each in tables])
        return xgboost.DMatrix(table[:, 1:].astype(float), label=table[:, 0].astype(float), nthread=1)
    except (OSError, ValueError, TypeError) as error:
        raise ClientError(f"Failed to load parquet data with exception:\n{error}") from error
