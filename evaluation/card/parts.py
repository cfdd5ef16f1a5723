"""Pieces of a card that keep to its schema: metrics of each kind, and texts that are not too long."""

from collections.abc import Mapping, Sequence
from typing import Any

Piece = dict[str, Any]

LONGEST_NAME = 255
LONGEST_NOTE = 1024
LONGEST_AXIS = 63
MOST_POINTS = 60
"""A curve is thinned to so many points: it is read, and what is computed further has evaluation.json."""


def text(sentences: str, longest: int) -> str:
    """A text, cut where the schema takes no more; what is cut says so."""
    return sentences if len(sentences) <= longest else sentences[: longest - 1] + "…"


def number(name: str, value: float | str | None, notes: str = "") -> Piece:
    """A number; what is none ("NaN", None) is written as a word, which the schema has as a string."""
    if isinstance(value, (int, float)):
        return _metric(name, "number", value, notes)
    return _metric(name, "string", value or "none", notes)


def matrix(name: str, rows: Sequence[Sequence[int]], classes: Sequence[str], notes: str) -> Piece:
    """A table of counts, both of whose sides are the classes."""
    axis = [text(each, LONGEST_AXIS) for each in classes]
    return _metric(name, "matrix", [list(row) for row in rows], notes) | {"x_axis_name": axis, "y_axis_name": axis}


def curve(name: str, points: Sequence[tuple[float, float]], axes: tuple[str, str], notes: str) -> Piece:
    """A line through points, x before y; the first and the last are kept where there are too many."""
    last, count = len(points) - 1, min(len(points), MOST_POINTS)
    kept = [points[round(place * last / max(count - 1, 1))] for place in range(count)]
    found = _metric(name, "linear_graph", [[round(x, 4), round(y, 4)] for x, y in kept], notes)
    return found | {"x_axis_name": text(axes[0], LONGEST_AXIS), "y_axis_name": text(axes[1], LONGEST_AXIS)}


def group(name: str, metrics: Sequence[Piece]) -> Piece:
    """Metrics under a heading."""
    return {"name": text(name, LONGEST_AXIS), "metric_data": list(metrics)}


def without_empty(pairs: Mapping[str, Any]) -> Piece:
    """What is there: an empty member would be one that says nothing."""
    return {name: value for name, value in pairs.items() if value not in ("", None, [], {})}


def _metric(name: str, kind: str, value: Any, notes: str) -> Piece:  # noqa: ANN401 - what the kind takes
    found = {"name": text(name, LONGEST_NAME), "type": kind, "value": value}
    return found | ({"notes": text(notes, LONGEST_NOTE)} if notes else {})
