"""Requests and answers as an endpoint's data capture writes them, as rows of a table.

https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture.html has the form of a line. CSV is read with
the answers' columns first, unless output_columns_position says otherwise, and takes the names of the baseline's columns
where it has as many; JSON brings its own names.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from common.jobs import Refusal
from localaws.algorithms.model_monitor.request import Request
from localaws.algorithms.model_monitor.values import flatten

_OUTPUT = "endpointOutput"


def read_captures(files: list[Path], request: Request, names: list[str]) -> pd.DataFrame:
    """The captures of the window as a frame of text; raises Refusal of what is no table."""
    rows = [row for file in files for line in _lines(file, request.variables) for row in _read(line, request)]
    if rows and isinstance(rows[0], dict):
        return pd.DataFrame(rows, dtype=object)
    width = max(map(len, rows), default=0)
    frame = pd.DataFrame([[*row, *[None] * (width - len(row))] for row in rows], dtype=object)
    return frame.set_axis(names if len(names) == width else [f"_c{place}" for place in range(width)], axis=1)


def _lines(file: Path, variables: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The captures of a file that were made in the window: more may lie in its folder."""
    start, end = variables.get("start_time"), variables.get("end_time")
    for text in file.read_text(encoding="utf-8").splitlines():
        if not text.strip():
            continue
        try:
            line = json.loads(text)
            time = datetime.fromisoformat(line["eventMetadata"]["inferenceTime"])
            is_meant = (not start or time >= datetime.fromisoformat(start)) and (
                not end or time < datetime.fromisoformat(end)
            )
        except (ValueError, LookupError, TypeError) as error:
            raise Refusal(f"{file.name} has a line that is no capture ({error}): {text[:100]!r}.") from error
        if is_meant:
            yield line


def _read(line: Mapping[str, Any], request: Request) -> list[Any]:
    """The rows of one capture: lists of CSV's fields, or one object of JSON's members."""
    parts = [name for name in request.format.captured if name in line["captureData"]]
    parts.sort(key=lambda name: (name == _OUTPUT) != request.format.outputs_first)
    read = [_decode(line["captureData"][name]) for name in parts]
    if any(isinstance(part, dict) for part in read):
        merged: dict[str, str | None] = {}
        for name, part in zip(parts, read, strict=True):
            # An answer of plain fields beside a request of JSON has no names of its own.
            fields = (
                {f"{name}_{place}": field for place, field in enumerate(part[0])} if isinstance(part, list) else part
            )
            merged |= fields
        return [merged]
    counts = {len(part) for part in read}
    if len(counts) > 1:
        raise Refusal(
            f"A capture has {' and '.join(str(len(part)) for part in read)} rows in its request and answer: let the "
            "model answer each row with one."
        )
    return [[field for part in rows for field in part] for rows in zip(*read, strict=True)]


def _decode(part: Mapping[str, Any]) -> list[list[str | None]] | dict[str, str | None]:
    encoding, data = part.get("encoding", ""), part.get("data", "")
    if encoding == "BASE64":
        raise Refusal(
            "Captures are BASE64, which is no table: give the content types of CSV and JSON in the endpoint's "
            "CaptureContentTypeHeader."
        )
    if encoding == "JSON":
        document = json.loads(data)
        if isinstance(document, dict):
            return dict(flatten(document))
        rows = document if isinstance(document, list) and document and isinstance(document[0], list) else [document]
        return [[str(field) for field in (row if isinstance(row, list) else [row])] for row in rows]
    return [[field or None for field in row] for row in csv.reader(data.strip().splitlines())]
