"""The two halves of a capture, each read by what its `encoding` says and never by guess."""

import base64
import binascii
import json
import math
from typing import Any

ENCODINGS = ("CSV", "JSON", "BASE64")
TOLERANCE = 1e-3
"""Endpoints round: a probability may be as much above 1."""


class UnknownEncoding(Exception):
    """An encoding that is none of the three."""


def content(half: Any) -> bytes | None:  # noqa: ANN401 - whatever JSON holds
    """The bytes of `endpointInput` or `endpointOutput`; None where there are none, b"" where they are damaged."""
    if not isinstance(half, dict) or not isinstance(half.get("data"), str):
        return None
    if half.get("encoding") not in ENCODINGS:
        raise UnknownEncoding
    text: str = half["data"]
    if half["encoding"] != "BASE64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def probabilities(answer: bytes) -> list[float] | None:
    """One probability a class, from a JSON list (also one in a list) or a line of CSV; None for anything else."""
    text = answer.decode("utf-8", "replace").strip()
    try:
        read = json.loads(text if text.startswith("[") else f"[{text}]")
    except (ValueError, RecursionError):
        return None
    if len(read) == 1 and isinstance(read[0], list):
        read = read[0]
    if len(read) < 2 or not all(_is_probability(value) for value in read):
        return None
    return [float(value) for value in read]


def _is_probability(value: object) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and -TOLERANCE <= value <= 1 + TOLERANCE
    )
