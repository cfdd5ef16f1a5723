"""report.html: what was found, in words and pictures, for a person who has to decide."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from monitoring import page
from monitoring.drift import LEAST_PSI
from monitoring.measuring import PREDICTED

if TYPE_CHECKING:
    from monitoring.watch import Watched

BINS = 24
SHORT = 12


def render(watched: Watched) -> str:
    """The page."""
    contract = watched.contract
    parts = [
        f"<h1>{'Drift' if watched.violations else 'No drift'}</h1>",
        page.paragraph(
            f"{contract.endpoint}, {contract.start:%Y-%m-%d %H:%M} to {contract.end:%Y-%m-%d %H:%M} UTC, "
            f"{watched.sample.items} pictures",
            "muted",
        ),
        _violations(watched),
        _tests(watched),
        _distributions(watched),
        _quality(watched),
        _oddities(watched),
        _counts(watched),
    ]
    return page.frame(f"{contract.endpoint}: monitoring", "".join(parts))


def _violations(watched: Watched) -> str:
    if not watched.violations:
        return page.paragraph("Nothing is wrong.", "headline good")
    count = len(watched.violations)
    rows = [[one.feature_name, one.constraint_check_type, one.description] for one in watched.violations]
    words = page.paragraph(f"{count} violation{'s' if count > 1 else ''}", "headline bad")
    return words + page.table(["feature", "check", "what is wrong"], rows)


def _tests(watched: Watched) -> str:
    least = watched.constraints.minimum_samples
    if not watched.findings:
        return page.heading("Distributions") + page.paragraph(
            f"{watched.whole} pictures could be compared and {least} are wanted: nothing is claimed."
        )
    rows = [
        [one.feature, f"{one.statistic:.3f}", f"{one.size:.2f}", f"{one.p:.2g}", "drifted" if one.drifted else ""]
        for one in watched.findings
    ]
    words = (
        "A feature has drifted where the difference is more than chance, one budget of false alarms for all tests, "
        f"and its stability index is {LEAST_PSI} or more. The distance is Kolmogorov's; for the predicted class it is "
        "the share of answers that moved, for all features together the squared maximum mean discrepancy."
    )
    head = ["feature", "distance", "index", "p", ""]
    return page.heading("Tests") + page.paragraph(words) + page.table(head, rows, frozenset({1, 2, 3}))


def _distributions(watched: Watched) -> str:
    if not watched.whole:
        return ""
    figures = [_distribution(watched, name) for name in watched.reference.features]
    return page.heading("Then (bars) and now (line)") + page.grid(figures) + _classes(watched)


def _distribution(watched: Watched, name: str) -> str:
    then, now = watched.reference.values(name), watched.sample.column(name)
    low, high = min(then.min(), now.min()), max(then.max(), now.max())
    edges = np.linspace(low, high if high > low else low + 1, BINS + 1)
    shares = [np.histogram(side, edges)[0] / len(side) for side in (then, now)]
    caption = f"mean {then.mean():.4g}, now {now.mean():.4g}; from {low:.4g} to {high:.4g}"
    return page.histogram(list(shares[0]), list(shares[1]), name.replace("_", " "), caption)


def _classes(watched: Watched) -> str:
    then, now = watched.reference.counts(PREDICTED), watched.sample.words.get(PREDICTED, Counter())
    rows = [
        [
            label,
            f"{then.get(label, 0) / max(sum(then.values()), 1):.1%}",
            f"{now[label] / max(sum(now.values()), 1):.1%}",
        ]
        for label in watched.constraints.labels
    ]
    return page.heading("Predicted classes") + page.table(["class", "then", "now"], rows, frozenset({1, 2}))


def _quality(watched: Watched) -> str:
    if not watched.quality:
        return ""
    then = watched.constraints.quality
    rows = [
        [name, f"{then[name].share:.3f} of {then[name].of}" if name in then else "", f"{now.share:.3f} of {now.of}"]
        for name, now in watched.quality.items()
    ]
    return page.heading("Against ground truth") + page.table(["", "test pictures", "now"], rows, frozenset({1, 2}))


def _oddities(watched: Watched) -> str:
    figures = [
        page.picture(
            one.png,
            f"{one.feature.replace('_', ' ')} {one.value:.4g}, {one.deviations:.1f} deviations away; "
            f"{one.identity[:SHORT]}",
        )
        for one in watched.oddities.listed()
    ]
    return page.heading("The most unusual pictures") + page.grid(figures) if figures else ""


def _counts(watched: Watched) -> str:
    rows = [["pictures", str(watched.sample.items)], ["with all features", str(watched.whole)]]
    rows += [[f"left out: {why}", str(count)] for why, count in sorted(watched.skipped.items()) if count]
    rows += [[why, str(count)] for why, count in sorted(watched.problems.items())]
    if watched.wrong_size:
        rows.append(["of another size", str(watched.wrong_size)])
    return page.heading("What was read") + page.table(["", "lines"], rows, frozenset({1}))
