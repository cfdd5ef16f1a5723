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


class Chart:
    """A chart of curves; `show` draws others in it. Its label summarizes them for who cannot see them."""

    def __init__(
        self, label: str, curves: Sequence[Curve], *, hours: int = 0, dates: bool = False, most: float | None = None
    ) -> None:
        self._label, self._hours, self._dates, self._most = label, hours, dates, most
        self._chart = ui.echart({}).classes("chart")
        self._chart.props["role"] = "img"
        self.show(curves)
        if not any(curve.points for curve in curves):
            text("No points yet.", "faint")

    def show(self, curves: Sequence[Curve]) -> None:
        self._chart.options.clear()
        self._chart.options.update(_options(curves, hours=self._hours, dates=self._dates, most=self._most))
        self._chart.props["aria-label"] = f"{self._label}: {_summary(curves)}"
        self._chart.update()


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
