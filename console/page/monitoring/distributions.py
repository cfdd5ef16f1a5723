"""Each feature then and now, drawn: the baseline filled, the last check as an outline, in shares of the images.

Units and titles are a table: a feature that is added to the analysis is drawn under its name until it has an entry.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from console.page.monitoring.reader import Change, Findings, Histogram
from console.page.monitoring.sentence import describe_change, group_changes
from console.page.parts.bars import Bars, show_bars
from console.page.parts.elements import box, heading, text

_MOST_DIGITS = 6
_FEATURE_PIXELS = 270
_THREE_DIGITS = 100
_TITLES = {
    "brightness": "mean grey, 0 black to 1 white",
    "contrast": "deviation of grey, 0 to 1",
    "sharpness": "deviation of edge strength",
    "saturation": "mean saturation, 0 to 1",
    "red": "mean red, 0 to 1",
    "green": "mean green, 0 to 1",
    "blue": "mean blue, 0 to 1",
    "entropy": "entropy, bits a pixel",
    "bytes": "size of the file, bytes",
    "confidence": "probability of the answer",
    "answer_entropy": "entropy of the answer, bits",
    "prediction": "answer",
}


def show_distributions(found: Findings) -> None:
    """The groups of features, those that drifted first, each feature with what became of it and its distributions."""
    if any(change.histogram for change in found.changes):
        with box("row-of"):
            text("baseline", "key", "then")
            text("last check", "key", "now")
    with box("groups") as outer:
        outer.props("role=group aria-label='Features, by group'")
        for group in group_changes(found):
            with box("sheet", "stack", "group", "drifted" if group.drifted else "same") as made:
                # A group is as wide as its features are many, so that small ones stand beside each other.
                made.style(f"flex: {len(group.changes)} 1 {_FEATURE_PIXELS * len(group.changes)}px")
                heading(group.name, 3)
                with box("features"):
                    for change in group.changes:
                        _show_feature(found, change)


def build_bars(found: Findings, change: Change) -> Bars | None:
    """A feature's distributions as bars; None where the report has none, as those of an older analysis."""
    title = _TITLES.get(change.name, change.name.replace("_", " "))
    if change.name == "prediction" and found.answers and found.answers_before:
        then, now = dict(found.answers_before), dict(found.answers)
        names = sorted({*then, *now})
        return Bars(title, names, [then.get(name) for name in names], [now.get(name) for name in names])
    drawn = change.histogram
    if drawn is None:
        return None
    return Bars(title, _name_bins(drawn), _leave_gaps(drawn.then), _leave_gaps(drawn.now))


def _show_feature(found: Findings, change: Change) -> None:
    with box("stack", "tight"):
        with box("row-of", "between"):
            text(change.name.replace("_", " "), "loud-name")
            text(write_change(change), "number", "wrap", "" if change.drifted else "faint")
        bars = build_bars(found, change)
        if bars:
            show_bars(f"{change.name.replace('_', ' ')}, {write_change(change)}", bars)
        else:
            text("This report has no distributions to draw; they are in its own page.", "faint")


def write_change(change: Change) -> str:
    """`much darker: 0.5 → 0.2`; the distance where the report has no means."""
    words = describe_change(change)
    if change.before is None or change.now is None:
        return f"{words}, distance {change.distance:.2f}"
    return f"{words}: {_write_number(change.before)} → {_write_number(change.now)}"


def _write_number(value: float) -> str:
    """Three digits that tell, and all of those before the point."""
    return f"{value:,.0f}" if abs(value) >= _THREE_DIGITS else f"{value:.3g}"


def _name_bins(histogram: Histogram) -> list[str]:
    """The lower bound of each bin, with as many digits as tell two of them apart."""
    low, high = histogram.bounds[0], histogram.bounds[-1]
    width = (high - low) / max(len(histogram.bounds) - 1, 1)
    digits = min(_MOST_DIGITS, max(0, 1 - math.floor(math.log10(width)))) if width > 0 else 0
    return [f"{bound:,.{digits}f}" for bound in histogram.bounds[:-1]]


def _leave_gaps(shares: Sequence[float]) -> list[float | None]:
    """No value in a bin is a gap, not a bar of no height that a frame is drawn around."""
    return [share or None for share in shares]
