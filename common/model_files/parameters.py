"""Check a net's parameters (`*.params`) before MXNet loads them: it allocates by the shapes that the file names.

The format, little-endian: 0x112 and a reserved number, the number of arrays and the arrays, the number of names and the
names. An array: magic, storage type, dimensions, device, element type, elements (MXNet's src/ndarray/ndarray.cc).
"""

from __future__ import annotations

import re
import struct
from math import prod
from pathlib import Path
from typing import BinaryIO

from common.model_files.errors import BadModel, naming

MOST_ARRAYS = 4_000
MOST_DIMENSIONS = 4
_LIST_MAGIC = 0x112
_ARRAY_MAGIC = 0xF993FAC9
_DENSE = 0
_DEVICES = (1, 2, 3)  # CPU, GPU, pinned memory: where it was when it was saved
_ELEMENT_BYTES = {0: 4, 1: 8, 2: 2}  # float32, float64, float16
_NAME_BYTES = 256
_NAME = re.compile(rb"(arg|aux):[\w.-]{1,128}", re.ASCII)


def check_parameters(path: Path) -> None:
    """Raise BadModel unless the file is, to its last byte, named dense arrays of floating point numbers."""
    with naming(path), path.open("rb") as file:
        _check(file, path.stat().st_size)


def _check(file: BinaryIO, size: int) -> None:
    if _read(file, "<QQ")[0] != _LIST_MAGIC:
        raise BadModel("it is not a file of MXNet's parameters")
    (arrays,) = _read(file, "<Q")
    if arrays > MOST_ARRAYS:
        raise BadModel(f"it holds {arrays:,} arrays, where {MOST_ARRAYS:,} are allowed")
    for number in range(arrays):
        file.seek(_check_array(file, number, size), 1)
    (names,) = _read(file, "<Q")
    if names != arrays:
        raise BadModel(f"it holds {arrays:,} arrays and {names:,} names")
    seen = {_read_name(file) for _ in range(names)}
    if len(seen) != names or file.tell() != size:
        raise BadModel("it holds a name twice, or something after its names")


def _check_array(file: BinaryIO, number: int, size: int) -> int:
    """Return how many bytes an array's elements have, having read all before them."""
    magic, storage, dimensions = _read(file, "<Iii")
    if magic != _ARRAY_MAGIC or storage != _DENSE:
        raise BadModel(
            f"its array {number} is sparse, or of another version of MXNet's format, where dense ones are allowed"
        )
    if not 0 < dimensions <= MOST_DIMENSIONS:
        raise BadModel(f"its array {number} has {dimensions:,} dimensions, where 1 to {MOST_DIMENSIONS} are allowed")
    shape = _read(file, f"<{dimensions}q")
    device, _, kind = _read(file, "<iii")
    if device not in _DEVICES or kind not in _ELEMENT_BYTES:
        raise BadModel(
            f"its array {number} is of device {device} and type {kind}, where floating point numbers are allowed"
        )
    wanted = prod(shape) * _ELEMENT_BYTES[kind]
    if min(shape) < 1 or wanted > size - file.tell():
        raise BadModel(f"its array {number} has the shape {shape}, for which the file is too short")
    return wanted


def _read_name(file: BinaryIO) -> bytes:
    (length,) = _read(file, "<Q")
    name = file.read(min(length, _NAME_BYTES + 1))
    if len(name) != length or not _NAME.fullmatch(name):
        raise BadModel(f"it holds the name {name[:60]!r}, where arg: or aux: and a parameter's name are allowed")
    return name


def _read(file: BinaryIO, form: str) -> tuple[int, ...]:
    block = file.read(struct.calcsize(form))
    if len(block) < struct.calcsize(form):
        raise BadModel("it is truncated")
    return struct.unpack(form, block)
