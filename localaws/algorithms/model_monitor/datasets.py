"""The dataset of a folder: CSV with and without a header, JSON, Parquet where pyarrow is installed, and captures."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pandas as pd

from common.jobs import Refusal
from localaws.algorithms.model_monitor.captures import read_captures
from localaws.algorithms.model_monitor.request import Request
from localaws.algorithms.model_monitor.table import Table, build_table
from localaws.algorithms.model_monitor.values import flatten, write


def read_table(request: Request, names: list[str]) -> Table:
    """All files of the dataset as one table; `names` are the baseline's, for captures that are CSV. Raises Refusal."""
    files = _list_files(request.source)
    if not files:
        raise Refusal(f"dataset_source {request.source} has no files: give a folder with the dataset.")
    read = {"csv": _read_csv, "json": _read_json, "parquet": _read_parquet}
    if request.format.kind == "capture":
        frame = read_captures(files, request, names)
    else:
        frame = _join([read[request.format.kind](path, request) for path in files])
    if not len(frame):
        raise Refusal(f"dataset_source {request.source} has no rows: give a dataset with at least one.")
    return build_table(frame)


def _list_files(folder: Path) -> list[Path]:
    """The files below a folder but those that Spark, which AWS's container reads with, passes over: _SUCCESS, .crc."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path for path in found if not any(name[0] in "._" for name in path.relative_to(folder).parts)]


def _join(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _read_csv(path: Path, request: Request) -> pd.DataFrame:
    """Text as it stands; columns without a header are named _c0, _c1 and so on."""
    header = request.format.header
    try:
        frame = pd.read_csv(
            path,
            header=0 if header else None,
            index_col=False,
            dtype=str,
            encoding="utf-8-sig",
            keep_default_na=False,
            skipinitialspace=True,
        )
    except pd.errors.EmptyDataError:
        return pd.DataFrame()
    except (pd.errors.ParserError, UnicodeDecodeError, csv.Error) as error:
        raise Refusal(f"{path.name} cannot be read as CSV ({error}): give rows of as many fields each.") from error
    return frame if header else frame.set_axis([f"_c{place}" for place in range(frame.shape[1])], axis=1)


def _read_json(path: Path, request: Request) -> pd.DataFrame:
    try:
        text = path.read_text(encoding="utf-8")
        if request.format.lines:
            records = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            document = json.loads(text)
            records = document if isinstance(document, list) else [document]
    except ValueError as error:
        raise Refusal(f"{path.name} cannot be read as JSON ({error}): give an object a line.") from error
    if not all(isinstance(record, dict) for record in records):
        raise Refusal(f"{path.name} has JSON that is no object: give an object a row.")
    return pd.DataFrame([dict(flatten(record)) for record in records], dtype=object)


def _read_parquet(path: Path, request: Request) -> pd.DataFrame:
    del request
    try:
        frame = pd.read_parquet(path)
    except ImportError as error:
        raise Refusal(
            "dataset_format is parquet, which needs pyarrow: run `pip install pyarrow` where the local AWS is "
            "installed, or give csv or json."
        ) from error
    except (ValueError, OSError) as error:
        raise Refusal(f"{path.name} cannot be read as Parquet ({error}).") from error
    return frame.astype(object).map(lambda value: None if pd.isna(value) else write(_native(value)))


def _native(value: Any) -> Any:  # noqa: ANN401 - what Parquet has
    return value.item() if hasattr(value, "item") else value if isinstance(value, str | int | float) else str(value)
