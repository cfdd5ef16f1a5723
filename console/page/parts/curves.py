"""Charts: curves over epochs or time, and lines across the parameters of a search."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nicegui import ui

from console.page.parts.elements import box, text

_GREY = "#808a94"
_AXIS_PIXELS = 96
COLOURS = ("#2f7de1", "#e0802f", "#2fa36b", "#a05fd0", "#d04f5c", "#1b9aaa", "#b08d2f", "#808a94")


@dataclass(frozen=True)
class Curve:
    """A name and its points; curves of one `group` share a colour, and `dashed` tells two of them apart."""

    name: str
    points: Sequence[tuple[float, float]] = field(default_factory=tuple)
    group: int | None = None
    dashed: bool = False


@dataclass(frozen=True)
class Axes:
    """What the axes are: their titles with units; `fraction` for values between 0 and 1, whose range is chosen."""

    across: str
    up: str
    fraction: bool = False
    hours: int = 0
    """The axis across is the last hours; where it is 0 and `dates` is false, it is numbers such as epochs."""
    dates: bool = False
    gap_seconds: int = 0
    """Over a longer time without a point no line is drawn; 0 where the axis across is no time."""


ACCURACY_BY_EPOCH = Axes("epoch", "accuracy", fraction=True)


class Chart:
    """A chart of curves; `show` draws others in it. Its label summarizes them for who cannot see them."""

    def __init__(self, label: str, curves: Sequence[Curve], axes: Axes) -> None:
        self._label, self._axes = label, axes
        self._chart = ui.echart({}).classes("chart")
        self._chart.props["role"] = "img"
        self._none = text("No points yet.", "faint")
        self.show(curves)

    def show(self, curves: Sequence[Curve]) -> None:
        self._none.set_visibility(not any(curve.points for curve in curves))
        self._chart.options.clear()
        self._chart.options.update(_options(curves, self._axes))
        self._chart.props["aria-label"] = f"{self._label}: {_summary(curves)}"
        self._chart.update()


def show_parallel(label: str, axes: Sequence[str], lines: Mapping[str, Sequence[float | str | None]]) -> None:
    """A chart with an axis a parameter, side by side, and a line for each name; the last axis colours the lines.

    An axis whose values are not all numbers has a place for each word. Lines without a value on the last axis are left
    out.
    """
    drawn = {name: values for name, values in lines.items() if isinstance(values[-1], int | float)}
    with box("scrolls").props("tabindex=0 role=region") as outer:
        outer.props["aria-label"] = label
        chart = ui.echart(_parallel(axes, drawn)).classes("chart").style(f"min-width: {_AXIS_PIXELS * len(axes)}px")
    chart.props["role"] = "img"
    chart.props["aria-label"] = f"{label}: {len(drawn)} lines across {', '.join(axes)}"


def choose_range(values: Sequence[float]) -> tuple[float, float]:
    """The part of 0 to 1 that fractions lie in, in steps of 0.05, with a little room; all of it for no values."""
    if not values:
        return 0.0, 1.0
    room = max(0.01, (max(values) - min(values)) * 0.05)
    low = math.floor(max(0.0, min(values) - room) * 20) / 20
    high = math.ceil(min(1.0, max(values) + room) * 20) / 20
    return low, high


def _options(curves: Sequence[Curve], axes: Axes) -> dict[str, Any]:
    axis = {
        "axisLine": {"lineStyle": {"color": _GREY}},
        "axisLabel": {"color": _GREY, "hideOverlap": True},
        "nameTextStyle": {"color": _GREY},
        "nameLocation": "middle",
    }
    quiet = {"splitLine": {"lineStyle": {"color": _GREY, "opacity": 0.25}}}
    return {
        "animation": False,
        "color": list(COLOURS),
        # Names come from AWS: rich text is drawn, never read as HTML.
        "tooltip": {"trigger": "axis", "renderMode": "richText", "confine": True},
        "legend": {"type": "scroll", "top": 0, "textStyle": {"color": _GREY}},
        "grid": {"left": 60, "right": 18, "top": 34, "bottom": 42},
        "xAxis": {**_along(axes), **axis, "name": axes.across, "nameGap": 26, "splitLine": {"show": False}},
        "yAxis": {"type": "value", **_range(curves, axes), **axis, "name": axes.up, "nameGap": 44, **quiet},
        "series": [_series(curve, axes) for curve in curves],
    }


def break_at_gaps(points: Sequence[tuple[float, float]], seconds: int) -> list[tuple[float, float | None]]:
    """The points (milliseconds, value), with one of no value in each gap that is longer: a line ends there."""
    broken: list[tuple[float, float | None]] = []
    for point in points:
        if broken and seconds and point[0] - broken[-1][0] > seconds * 1_000:
            broken.append((broken[-1][0] + 1, None))
        broken.append(point)
    return broken


def _series(curve: Curve, axes: Axes) -> dict[str, Any]:
    points = break_at_gaps(curve.points, axes.gap_seconds)
    made = {"type": "line", "name": curve.name, "symbolSize": 5, "data": [list(point) for point in points]}
    style: dict[str, Any] = {"type": "dashed"} if curve.dashed else {}
    if curve.group is None:
        return {**made, "lineStyle": style}
    colour = COLOURS[curve.group % len(COLOURS)]
    return {**made, "lineStyle": {**style, "color": colour}, "itemStyle": {"color": colour}}


def _range(curves: Sequence[Curve], axes: Axes) -> dict[str, float]:
    if not axes.fraction:
        return {"min": 0}
    low, high = choose_range([value for curve in curves for _, value in curve.points])
    return {"min": low, "max": high}


def _along(axes: Axes) -> dict[str, Any]:
    """The axis below: epochs, the last hours, or as many days as there are points for."""
    now = round(time.time()) * 1_000
    if axes.dates:
        return {"type": "time", "max": now}
    if not axes.hours:
        return {"type": "value", "minInterval": 1, "min": "dataMin"}
    return {"type": "time", "min": now - axes.hours * 3_600_000, "max": now}


def _summary(curves: Sequence[Curve]) -> str:
    ends = [f"{curve.name} ends at {curve.points[-1][1]:.3g}" for curve in curves if curve.points]
    return "; ".join(ends) or "no points yet"


def _parallel(axes: Sequence[str], lines: Mapping[str, Sequence[float | str | None]]) -> dict[str, Any]:
    columns = [[values[place] for values in lines.values()] for place in range(len(axes))]
    last = [float(value) for value in columns[-1] if isinstance(value, int | float)]
    label = {"axisLabel": {"color": _GREY}, "nameTextStyle": {"color": _GREY}}
    return {
        "animation": False,
        "parallel": {"left": 64, "right": 60, "top": 46, "bottom": 24},
        "parallelAxis": [
            {"dim": place, "name": name, "nameRotate": 0, "nameTruncate": {"maxWidth": 110}, **_scale(column), **label}
            for place, (name, column) in enumerate(zip(axes, columns, strict=True))
        ],
        "visualMap": {
            "show": False,
            "dimension": len(axes) - 1,
            "min": min(last, default=0.0),
            "max": max(last, default=1.0),
            "inRange": {"color": ["#8fa9c8", "#2f7de1", "#e0802f"]},
        },
        "tooltip": {"renderMode": "richText", "confine": True},
        "series": [
            {
                "type": "parallel",
                "lineStyle": {"width": 2, "opacity": 0.8},
                "data": [
                    {"name": name, "value": ["-" if one is None else one for one in values]}
                    for name, values in lines.items()
                ],
            }
        ],
    }


def _scale(column: Sequence[float | str | None]) -> dict[str, Any]:
    if all(isinstance(value, int | float) or value is None for value in column):
        return {"type": "value", "scale": True}
    return {"type": "category", "data": sorted({str(value) for value in column if value is not None})}
