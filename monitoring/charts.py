"""Distributions then and now: as shares by common bins, and as inline SVG with words for who cannot see."""

from collections.abc import Mapping
from html import escape

import numpy as np

from monitoring.features import Vector

WIDTH, HEIGHT, BASE = 320, 130, 108
BINS = 24


def histogram(name: str, then: Vector, now: Vector) -> str:
    """Shares of the values by bins that both distributions have in common."""
    if not len(then) + len(now):
        return ""
    bounds, before, after = share_bins(then, now)
    label = f"{name}: {_spoken('baseline', then)}; {_spoken('now', now)}."
    return _svg(label, before, after, _ends(f"{bounds[0]:,.4g}", f"{bounds[-1]:,.4g}"))


def share_bins(then: Vector, now: Vector) -> tuple[Vector, Vector, Vector]:
    """The bounds of BINS equal bins from the least to the most of both, and the shares of either in each bin.

    There must be a value; where all are equal, the bins are one wide together.
    """
    both = np.concatenate([then, now])
    low, high = float(both.min()), float(both.max())
    bounds = np.linspace(low, high if high > low else low + 1, BINS + 1)
    before, after = (np.histogram(values, bins=bounds)[0] / max(len(values), 1) for values in (then, now))
    return bounds, before, after


def bars(name: str, then: Mapping[str, int], now: Mapping[str, int]) -> str:
    """Shares of words, in the order of the alphabet."""
    values = sorted({*then, *now})
    if not values:
        return ""
    before, after = (
        np.array([counts.get(value, 0) for value in values]) / max(sum(counts.values()), 1) for counts in (then, now)
    )
    shares = [f"{value} {old:.0%}, now {new:.0%}" for value, old, new in zip(values, before, after, strict=True)]
    return _svg(f"{name}: {', '.join(shares)}.", before, after, _marks(values))


def _spoken(when: str, values: Vector) -> str:
    if not len(values):
        return f"{when} no values"
    middle, low, high = np.median(values), *np.quantile(values, (0.05, 0.95))
    return f"{when} median {middle:.3g}, nine tenths from {low:.3g} to {high:.3g}"


def _svg(label: str, then: Vector, now: Vector, marks: str) -> str:
    top = max(float(then.max()), float(now.max()), 1e-9)
    step, high = WIDTH / len(then), [(BASE - 6) * values / top for values in (then, now)]
    filled = "".join(
        f'<rect x="{place * step:.1f}" y="{BASE - tall:.1f}" width="{step:.1f}" height="{tall:.1f}"/>'
        for place, tall in enumerate(high[0])
        if tall > 0
    )
    line = " ".join(
        f"{(place + side) * step:.1f},{BASE - tall:.1f}" for place, tall in enumerate(high[1]) for side in (0, 1)
    )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">'
        f'<g class="then">{filled}</g><polyline class="now" points="{line}"/>'
        f'<line class="axis" x1="0" x2="{WIDTH}" y1="{BASE}" y2="{BASE}"/>{marks}</svg>'
    )


def _ends(low: str, high: str) -> str:
    """Both ends of a line of numbers."""
    return f'<text x="0" y="124">{low}</text><text x="{WIDTH}" y="124" text-anchor="end">{high}</text>'


def _marks(words: list[str]) -> str:
    """A word below each bar."""
    step = WIDTH / len(words)
    return "".join(
        f'<text x="{(place + 0.5) * step:.0f}" y="124" text-anchor="middle">{escape(word)}</text>'
        for place, word in enumerate(words)
    )
