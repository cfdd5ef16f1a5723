"""Arrays from and to JSON, CSV and npy, by the formats of the model server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

_PACKAGES = str(Path(__file__).resolve().parents[5])
sys.path.append(_PACKAGES)
try:
    from localaws.inference_toolkit import formats
    from localaws.inference_toolkit.formats import CSV, JSON, NPY, UnsupportedFormatError
finally:
    sys.path.remove(_PACKAGES)

__all__ = ["UnsupportedFormatError", "decode", "encode"]


def decode(obj: Any, content_type: str) -> Any:
    """An array of a body."""
    return formats.decode(obj, content_type, squeezed=True)


def encode(array_like: Any, content_type: str) -> Any:
    """A body of an array: text, or bytes of npy."""
    body = formats.encode(array_like, content_type, rows=True)
    return body if content_type == NPY else body.decode()


def array_to_csv(array_like: Any) -> Any:
    """CSV of an array."""
    return encode(array_like, CSV)


def array_to_json(array_like: Any) -> Any:
    """JSON of an array."""
    return encode(array_like, JSON)


def array_to_npy(array_like: Any) -> Any:
    """The npy of an array."""
    return encode(array_like, NPY)


def csv_to_numpy(string_like: str, dtype: Any = None) -> Any:
    """An array of CSV."""
    return decode(string_like, CSV).astype(dtype or float)


def json_to_numpy(string_like: str, dtype: Any = None) -> Any:
    """An array of JSON."""
    array = decode(string_like, JSON)
    return array if dtype is None else array.astype(dtype)


def npy_to_numpy(npy_array: bytes) -> Any:
    """An array of npy, of which nothing is unpickled."""
    return decode(npy_array, NPY)
