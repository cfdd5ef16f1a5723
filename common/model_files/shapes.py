"""Check how large a net's input (`model-shapes.json`) and the values within it are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import prod
from pathlib import Path
from typing import Any

from common.model_files.errors import BadModel, load_json, naming

MOST_BYTES = 1 << 16
SIDES = range(8, 1025)
CHANNELS = (1, 3)
MOST_VALUES = 1 << 31
"""In one value of the graph, a batch's: 8 GB."""


def read_input_shape(path: Path) -> tuple[int, int, int]:
    """Return (channels, height, width) of `[{"shape": [1, 3, 28, 28], "name": "data"}]`; raises BadModel."""
    with naming(path):
        return _check(load_json(path, MOST_BYTES))


def _check(given: Any) -> tuple[int, int, int]:  # noqa: ANN401 - what others wrote
    try:
        shape = given[0]["shape"][-3:]
        channels, height, width = (int(size) for size in shape)
    except (ValueError, LookupError, TypeError, OverflowError) as error:
        raise BadModel("it does not give the net's input shape") from error
    if channels not in CHANNELS or height not in SIDES or width not in SIDES:
        raise BadModel(
            f"it gives images of {channels}x{height}x{width}, where 1 or 3 channels and sides of "
            f"{SIDES.start} to {SIDES.stop - 1} are allowed"
        )
    return channels, height, width


def check_outputs(shapes: Iterable[Sequence[int]]) -> None:
    """Raise BadModel where one of a net's inner values (`get_internals().infer_shape`) is too large to compute."""
    largest = max((prod(shape) for shape in shapes), default=0)
    if largest > MOST_VALUES:
        raise BadModel(f"a layer of the net has {largest:,} values a batch, where {MOST_VALUES:,} are allowed")
