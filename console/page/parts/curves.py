"""Curves over epochs or time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from nicegui import ui

from console.page.parts.elements import text


@dataclass(frozen=True)
class Curve:
    """A name and its points."""

    name: str
    points: Sequence[tuple[float, float]] = field(default_factory=tuple)


def chart(
    label: str, curves: Sequence[Curve], *, hours: int = 0, dates: bool = False, most: float | None = None
) -> ui.echart:
    """Draw the curves; a summary in words is there for who cannot see them."""
    made = ui.echart(_options(curves, hours=hours, dates=dates, most=most)).classes("chart")
    made.props["role"], made.props["aria-label"] = "img", f"{label}: {_summary(curves)}"
    if not any(curve.points for curve in curves):
        text("No points yet.", "faint")
    return made


def update(
    made: ui.echart,
    label: str,
    curves: Sequence[Curve],
    *,
    hours: int = 0,
    dates: bool = False,
    most: float | None = None,
) -> None:
    """Draw the curves as they are now, without a new chart."""
    made.options.clear()
    made.options.update(_options(curves, hours=hours, dates=dates, most=most))
    made.props["aria-label"] = f"{label}: {_summary(curves)}"
    made.update()


def _options(curves: Sequence[Curve], *, hours: int, dates: bool, most: float | None) -> dict[str, Any]:
    grey = "#808a94"
    axis = {"axisLine": {"lineStyle": {"color": grey}}, "axisLabel": {"color": grey}}
    quiet = {"splitLine": {"lineStyle": {"color": grey, "opacity": 0.25}}}
    return {
        "animation": False,
        "color": ["#2f7de1", "#e0802f", "#2fa36b", "#a05fd0", "#d04f5c", "#808a94"],
        # Names come from AWS: rich text is drawn, never read as HTML.
        "tooltip": {"trigger": "axis", "renderMode": "richText"},
        "legend": {"type": "scroll", "top": 0, "textStyle": {"color": grey}},
        "grid": {"left": 52, "right": 16, "top": 34, "bottom": 26},
        "xAxis": {**_along(hours, dates), **axis, "splitLine": {"show": False}},
        "yAxis": {"type": "value", "min": 0, **({"max": most} if most else {}), **axis, **quiet},
        "series": [
            {"type": "line", "name": curve.name, "symbolSize": 5, "data": [list(point) for point in curve.points]}
            for curve in curves
        ],
    }


def _along(hours: int, dates: bool) -> dict[str, Any]:
    """The axis below: epochs, the last hours, or as many days as there are points for."""
    if dates:
        return {"type": "time"}
    if not hours:
        return {"type": "value", "minInterval": 1, "min": "dataMin"}
    now = round(time.time()) * 1_000
    return {"type": "time", "min": now - hours * 3_600_000, "max": now}


def _summary(curves: Sequence[Curve]) -> str:
    ends = [f"{curve.name} ends at {curve.points[-1][1]:.3g}" for curve in curves if curve.points]
    return "; ".join(ends) or "no points yet"
