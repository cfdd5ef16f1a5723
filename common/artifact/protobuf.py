"""Protocol buffers' wire format, as far as a file of ONNX has it: https://protobuf.dev/programming-guides/encoding/.

The package `onnx` would write the same; with its dependencies it installs 33 MB more, and its releases for today's
Python need numpy 2, which MXNet does not run with.
"""

from __future__ import annotations

import struct

_VARINT, _BYTES, _FLOAT = 0, 2, 5


class Message:
    """A message that is put together from its fields, in their order."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def add(self, number: int, *values: int | float | str | bytes | Message) -> Message:
        """Append a field, once for each value (whole numbers from 0 on); returns the message itself."""
        for value in values:
            self._add(number, value)
        return self

    def to_bytes(self) -> bytes:
        """Join all parts, those of the messages within it once."""
        return b"".join(self._parts)

    def _add(self, number: int, value: int | float | str | bytes | Message) -> None:
        match value:
            case int():
                self._append(_encode(number << 3 | _VARINT), _encode(value))
            case float():
                self._append(_encode(number << 3 | _FLOAT), struct.pack("<f", value))
            case Message():
                self._append(_encode(number << 3 | _BYTES), _encode(value.size), *value._parts)
            case _:
                raw = value.encode() if isinstance(value, str) else value
                self._append(_encode(number << 3 | _BYTES), _encode(len(raw)), raw)

    def _append(self, *parts: bytes) -> None:
        self._parts += parts
        self.size += sum(map(len, parts))


def _encode(number: int) -> bytes:
    """Write a whole number seven bits a byte, the lowest first."""
    parts = []
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*parts, number])
