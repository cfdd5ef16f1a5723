"""A network's parameters (`*.params`): MXNet's list of named arrays, read and written byte for byte.

All numbers are little-endian. The list is what MXNet's `NDArray::Save` of a vector writes, an array that of one:
https://github.com/apache/mxnet/blob/1.9.1/src/ndarray/ndarray.cc; a shape is written by
https://github.com/apache/mxnet/blob/1.9.1/include/mxnet/tuple.h, element types and storage types are numbered in
https://github.com/apache/mxnet/blob/1.9.1/3rdparty/mshadow/mshadow/base.h and
https://github.com/apache/mxnet/blob/1.9.1/include/mxnet/ndarray.h.

    list   u64 0x112, u64 reserved, u64 count, arrays, u64 count, names
    array  u32 version, i32 storage type, i32 dimensions, i64 each, i32 device type, i32 device, i32 type, elements
    name   u64 length, bytes
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from io import BytesIO
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from common.archives import Readable
from common.artifact.errors import BadArtifact, naming

Array = npt.NDArray[Any]

MOST_BYTES = 512 << 20  # 200 layers have 258 MB
MOST_ARRAYS = 4_000
MOST_DIMENSIONS = 4
_LIST = 0x112
_DENSE_SHAPES = 0xF993FAC8  # of MXNet 0.9 to 0.12; before that the number of dimensions stood in this place
_VERSION = 0xF993FAC9
_NUMPY_SHAPES = 0xF993FACA  # MXNet loads it under `npx.set_np()` alone; of what is allowed here it differs in no byte
_DENSE = 0
_CPU = (1, 0)
_DEVICES = (1, 2, 3)  # CPU, GPU, pinned memory: where it was when it was saved, which says nothing of its elements
_TYPES: Mapping[int, np.dtype[Any]] = {0: np.dtype("<f4"), 1: np.dtype("<f8"), 2: np.dtype("<f2")}
_NAME_BYTES = 256
_NAME = re.compile(r"(arg|aux):[\w.-]{1,128}", re.ASCII)


def load_params(path: Path) -> dict[str, Array]:
    """Load the parameters of a file; raises BadArtifact, which names the file."""
    with naming(path.name), path.open("rb") as file:
        return read_params(file, path.stat().st_size)


def parse_params(content: bytes) -> dict[str, Array]:
    """Read parameters that are in memory, as `read_params` does."""
    return read_params(BytesIO(content), len(content))


def read_params(stream: Readable, size: int) -> dict[str, Array]:
    """Read parameters by their names (`arg:` weights, `aux:` statistics), in their order, as arrays of their own.

    Dense floating-point arrays of one to four dimensions are allowed. Raises BadArtifact for anything else, before it
    reads or allocates: an array's size is compared with what is left of the `size` bytes.
    """
    if size > MOST_BYTES:
        raise BadArtifact(f"it has {size:,} bytes, where {MOST_BYTES:,} are allowed")
    reader = _Reader(stream, size)
    if reader.read("QQ")[0] != _LIST:
        raise BadArtifact("it is not a file of MXNet's parameters")
    (count,) = reader.read("Q")
    if count > MOST_ARRAYS:
        raise BadArtifact(f"it holds {count:,} arrays, where {MOST_ARRAYS:,} are allowed")
    arrays = [_read_array(reader, number) for number in range(count)]
    (names,) = reader.read("Q")
    if names != count:
        raise BadArtifact(f"it holds {count:,} arrays and {names:,} names")
    parameters = {_read_name(reader): array for array in arrays}
    if len(parameters) != count or reader.left:
        raise BadArtifact("it holds a name twice, or something after its names")
    return parameters


def format_params(parameters: Mapping[str, Array]) -> bytes:
    """Write parameters as MXNet 1.9.1 saves them from a CPU; raises BadArtifact for what would not be read."""
    parts = [struct.pack("<QQQ", _LIST, 0, len(parameters))]
    for name, array in parameters.items():
        kinds = [kind for kind, known in _TYPES.items() if known == array.dtype]
        if not kinds or not 0 < array.ndim <= MOST_DIMENSIONS or not array.size or not _NAME.fullmatch(name):
            raise BadArtifact(f"{name!r} has the shape {array.shape} and the type {array.dtype}, and cannot be written")
        parts.append(struct.pack(f"<Iii{array.ndim}q", _VERSION, _DENSE, array.ndim, *array.shape))
        parts.append(struct.pack("<iii", *_CPU, kinds[0]))
        parts.append(np.ascontiguousarray(array, _TYPES[kinds[0]]).tobytes())
    parts.append(struct.pack("<Q", len(parameters)))
    parts += [struct.pack("<Q", len(name)) + name.encode("ascii") for name in parameters]
    return b"".join(parts)


class _Reader:
    """Takes the parts off a stream, and never past its end."""

    def __init__(self, stream: Readable, size: int) -> None:
        self._stream = stream
        self.left = size

    def take(self, size: int) -> bytes:
        part = self._stream.read(size) if size <= self.left else b""
        if len(part) < size:
            raise BadArtifact("it is truncated")
        self.left -= size
        return part

    def read(self, form: str) -> tuple[int, ...]:
        return struct.unpack(f"<{form}", self.take(struct.calcsize(f"<{form}")))


def _read_array(reader: _Reader, number: int) -> Array:
    _check_version(reader.read("I")[0], number)
    storage, dimensions = reader.read("ii")
    if storage != _DENSE:
        raise BadArtifact(f"its array {number} is sparse, where dense ones are allowed")
    if not 0 < dimensions <= MOST_DIMENSIONS:
        raise BadArtifact(f"its array {number} has {dimensions:,} dimensions, where 1 to {MOST_DIMENSIONS} are allowed")
    shape = reader.read(f"{dimensions}q")
    device, _, kind = reader.read("iii")
    if device not in _DEVICES or kind not in _TYPES:
        raise BadArtifact(
            f"its array {number} is of device {device} and type {kind}, where floating-point numbers are allowed"
        )
    wanted = prod(shape) * _TYPES[kind].itemsize
    if min(shape) < 1 or wanted > reader.left:
        raise BadArtifact(f"its array {number} has the shape {shape}, for which the file is too short")
    return np.frombuffer(reader.take(wanted), _TYPES[kind]).reshape(shape).copy()


def _check_version(version: int, number: int) -> None:
    if version in (_VERSION, _NUMPY_SHAPES):
        return
    old = "version 1" if version == _DENSE_SHAPES else "the first version" if version <= MOST_DIMENSIONS else ""
    if old:
        raise BadArtifact(
            f"its array {number} is of {old} of MXNet's format, where 2 and 3 are allowed: save it with MXNet 1.x again"
        )
    raise BadArtifact(f"its array {number} is of the unknown version {version:#x} of MXNet's format")


def _read_name(reader: _Reader) -> str:
    (length,) = reader.read("Q")
    raw = reader.take(length) if length <= min(_NAME_BYTES, reader.left) else b"?"
    name = raw.decode("ascii", "backslashreplace")
    if not _NAME.fullmatch(name):
        raise BadArtifact(f"it holds the name {name[:60]!r}, where arg: or aux: and a parameter's name are allowed")
    return name
