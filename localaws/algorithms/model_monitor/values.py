"""Values of JSON as the text that types are inferred of."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import numpy as np


def flatten(value: dict[str, Any], before: str = "") -> Iterator[tuple[str, str | None]]:
    """An object's members as text, those of an object within by names such as outer.inner."""
    for name, item in value.items():
        if isinstance(item, dict):
            yield from flatten(item, f"{before}{name}.")
        else:
            yield f"{before}{name}", write(item)


def write(value: Any) -> str | None:  # noqa: ANN401 - JSON of any type
    """A JSON value as text; never in scientific notation, as JSON says itself what is a number."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else np.format_float_positional(value, trim="0")
    return json.dumps(value)
