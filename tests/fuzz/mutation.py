"""Seeded mutations of valid inputs: bytes, and values of JSON."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Sequence
from typing import Any

_NUMBERS = (b"\x00", b"\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00")
_VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1e308, 10**400, float("nan"), "", "\x00", "\ud800", "../../x", "Steps", "Steps.", "Steps.a",
    [], [[]], {}, {"Get": 1}, {"Get": "Steps"}, {"Get": ""}, {"Get": "Parameters"}, {"Std:Join": 1}, {"Std:Join": {}},
    {"Std:JsonGet": {}}, {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.a"}}}, {"Name": "x", "Type": "Condition"},
)  # fmt: skip


def mutate(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """One to eight changes of `data`; some take a part of another example."""
    document = _read(data) if chance.random() < 0.7 else None
    for _ in range(chance.randint(1, 8)):
        if document is not None:
            document = _replace(document, chance)
        else:
            data = chance.choice(_CHANGES)(data, chance.choice(others), chance)
    return data if document is None else json.dumps(document).encode("utf-8", "surrogatepass")


def _read(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _replace(value: Any, chance: random.Random) -> Any:
    """Follow a random path and put an unexpected value at its end, or remove the member."""
    if not isinstance(value, dict | list) or not value or chance.random() < 0.1:
        return copy.deepcopy(chance.choice(_VALUES))
    place = chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
    if chance.random() < 0.1:
        del value[place]
    elif chance.random() < 0.05 and isinstance(value, dict):
        value[str(chance.choice(_VALUES))] = copy.deepcopy(value[place])
    else:
        value[place] = _replace(value[place], chance)
    return value


def _flip(data: bytes, _: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) or 1)
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]


def _number(data: bytes, _: bytes, chance: random.Random) -> bytes:
    at, number = chance.randrange(len(data) or 1), chance.choice(_NUMBERS)
    return data[:at] + number + data[at + len(number) :]


def _cut(data: bytes, _: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) or 1)]


def _remove(data: bytes, _: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) or 1)
    return data[:at] + data[at + chance.randint(1, 64) :]


def _repeat(data: bytes, _: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) or 1)
    return data[:at] + data[at : at + chance.randint(1, 512)] + data[at:]


def _splice(data: bytes, other: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) or 1)] + other[chance.randrange(len(other) or 1) :]


_CHANGES: tuple[Callable[[bytes, bytes, random.Random], bytes], ...] = (
    _flip, _flip, _flip, _number, _number, _cut, _remove, _repeat, _splice,
)  # fmt: skip
