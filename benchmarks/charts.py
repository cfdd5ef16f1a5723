"""Charts as SVG: growth over sizes where a topic has sizes, else bars with their spread."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import matplotlib as mpl

from benchmarks.figures import Measured, Series

_SHAPE: dict[Any, Any] = {
    "svg.hashsalt": "scones",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_OURS, _OTHERS = "#d1495b", ("#30638e", "#8d99ae", "#edae49", "#5b8e7d")


def draw(measured: Measured, title: str, folder: Path) -> Path:
    """Write a topic's chart; equal figures give an equal file."""
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    sized = [series for series in measured.series if series.x is not None]
    with mpl.rc_context(_SHAPE):
        panels = _by_unit(sized or list(measured.series))
        figure, axes = plt.subplots(
            1, len(panels), figsize=(max(6, 4.2 * len(panels)), 3), squeeze=False, layout="constrained"
        )
        for axis, (unit, series) in zip(axes[0], panels.items(), strict=True):
            (_lines if sized else _bars)(axis, series, measured.ours)
            (axis.set_ylabel if sized else axis.set_xlabel)(unit)
        figure.suptitle(title)
        if sized:  # one legend for all panels, where it covers no line
            figure.legend(*axes[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=5, frameon=False)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{measured.topic}.svg"
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)
    return path


def _by_unit(series: list[Series]) -> dict[str, list[Series]]:
    panels: dict[str, list[Series]] = defaultdict(list)
    for each in series:
        kind = each.what.partition(",")[0] if each.unit == "ms" and each.x is not None else ""
        panels[f"{kind}, {each.unit}" if kind else each.unit].append(each)
    return panels


def _lines(axis: Any, series: list[Series], ours: str) -> None:  # noqa: ANN401 - matplotlib's axes
    by_who: dict[str, list[Series]] = defaultdict(list)
    for each in series:
        by_who[each.who].append(each)
    for who, colour in _colours(list(by_who), ours).items():
        points = sorted(by_who[who], key=lambda each: each.x or 0)
        spread = [[each.median - each.least for each in points], [each.most - each.median for each in points]]
        axis.errorbar(
            [each.x for each in points],
            [each.median for each in points],
            spread,
            marker="o",
            ms=3,
            color=colour,
            label=who,
        )
    axis.set_xscale("log")
    axis.set_yscale("log")
    sizes_in_words = {each.x: _size(each.what) for each in series}
    axis.set_xticks(list(sizes_in_words), list(sizes_in_words.values()))
    axis.minorticks_off()


def _size(what: str) -> str:
    """The size in a measurement's name: `8 clients` of `throughput, 8 clients`."""
    return next((part.strip() for part in reversed(what.split(",")) if any(map(str.isdigit, part))), what)


def _bars(axis: Any, series: list[Series], ours: str) -> None:  # noqa: ANN401
    colours = _colours(list(dict.fromkeys(each.who for each in series)), ours)
    for place, each in enumerate(reversed(series)):
        spread = [[each.median - each.least], [each.most - each.median]]
        axis.barh(place, each.median, xerr=spread, color=colours[each.who], height=0.7, capsize=2)
    axis.set_yticks(range(len(series)), [f"{each.who}\n{each.what}" for each in reversed(series)], fontsize=7)


def _colours(candidates: list[str], ours: str) -> dict[str, str]:
    others = [who for who in candidates if who != ours]
    return {who: _OURS if who == ours else _OTHERS[others.index(who) % len(_OTHERS)] for who in candidates}
