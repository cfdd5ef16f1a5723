"""Two distributions over the same bins or words: one filled, the other as an outline, so that both are seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nicegui import ui

_GREY = "#808a94"
_NEARLY_ALL = 0.8
THEN, NOW = "#8fa9c8", "#e0802f"


@dataclass(frozen=True)
class Bars:
    """Shares from 0 to 1 by bin or word; None is a gap. `title` is what the axis below has, with its unit."""

    title: str
    names: Sequence[str]
    then: Sequence[float | None]
    now: Sequence[float | None]


def show_bars(label: str, bars: Bars) -> None:
    """The chart; its label is for who cannot see it."""
    chart = ui.echart(build_options(bars)).classes("chart small")
    chart.props["role"], chart.props["aria-label"] = "img", f"{label}. {_tell_peaks(bars)}"


def build_options(bars: Bars) -> dict[str, Any]:
    """What ECharts is given."""
    axis = {
        "axisLine": {"lineStyle": {"color": _GREY}},
        "axisLabel": {"color": _GREY, "hideOverlap": True},
        "nameTextStyle": {"color": _GREY},
        "nameLocation": "middle",
    }
    quiet = {"splitLine": {"lineStyle": {"color": _GREY, "opacity": 0.25}}, "splitNumber": 3}
    # A border is drawn around what is there alone: of a gap nothing is.
    outline = {"color": "transparent", "borderColor": NOW, "borderWidth": 1.5}
    highest = (
        {"max": 100} if max((share or 0.0 for share in (*bars.then, *bars.now)), default=0.0) > _NEARLY_ALL else {}
    )
    return {
        "animation": False,
        # Names come from AWS: rich text is drawn, never read as HTML.
        "tooltip": {"trigger": "axis", "renderMode": "richText", "confine": True},
        "grid": {"left": 52, "right": 8, "top": 10, "bottom": 42},
        "xAxis": {"type": "category", "data": list(bars.names), **axis, "name": bars.title, "nameGap": 26},
        "yAxis": {"type": "value", "min": 0, **highest, **axis, "name": "% of images", "nameGap": 36, **quiet},
        "series": [
            _series("baseline, %", bars.then, {"color": THEN}),
            {**_series("last check, %", bars.now, outline), "barGap": "-100%", "z": 3},
        ],
    }


def _series(name: str, shares: Sequence[float | None], style: dict[str, Any]) -> dict[str, Any]:
    data = ["-" if share is None else round(100 * share, 2) for share in shares]
    return {"type": "bar", "name": name, "data": data, "itemStyle": style, "barCategoryGap": "8%"}


def _tell_peaks(bars: Bars) -> str:
    told = [(when, _find_peak(bars.names, shares)) for when, shares in (("baseline", bars.then), ("now", bars.now))]
    return "; ".join(f"{when} most at {name}, {share:.0%}" for when, (name, share) in told if name)


def _find_peak(names: Sequence[str], shares: Sequence[float | None]) -> tuple[str, float]:
    found = ((name, share or 0.0) for name, share in zip(names, shares, strict=True))
    return max(found, key=lambda one: one[1], default=("", 0.0))
