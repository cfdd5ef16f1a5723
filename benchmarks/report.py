"""docs/benchmarks.md from what was measured: goals, a table and a chart a topic, and figures measured by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from benchmarks import charts, results
from benchmarks.figures import Measured, Series, ratio
from benchmarks.topics import CHOICES
from benchmarks.verdicts import GOALS

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
CHARTS = PAGE.with_suffix("")
KEPT = Path(__file__).with_name("kept.md")
HEAD = """# Benchmarks

Written by `make bench` (`BENCH=quick` takes minutes), or by `python -m benchmarks report` from the raw figures in
`benchmarks/results/`. All local: not yet run on AWS.

**Method.** The candidates of a topic run the same work in turn, round after round, so that other work on the machine
affects all alike. Peers have pinned versions and environments of their own. Figures are medians, with the least and the
most of all rounds. A ratio is the median of the rounds' ratios; **above 1, ours is better**."""


def write() -> Path:
    """Write the page and its charts from the raw figures."""
    measured = {topic: found for topic in CHOICES if (found := results.read(topic))}
    for topic, found in measured.items():
        charts.draw(found, CHOICES[topic], CHARTS)
    PAGE.write_text(page(measured, KEPT.read_text(encoding="utf-8")), encoding="utf-8")
    return PAGE


def page(measured: Mapping[str, Measured], kept: str) -> str:
    """The page in Markdown."""
    parts = [HEAD, _goals(measured)]
    parts += [_topic(measured[topic], title) for topic, title in CHOICES.items() if topic in measured]
    parts.append(kept.strip())
    return "\n\n".join(parts) + "\n"


def _goals(measured: Mapping[str, Measured]) -> str:
    rows = [f"| {goal.sentence} | {goal.verdict(measured.get(goal.topic))} |" for goal in GOALS]
    return "\n".join(["## Goals", "", "| goal | result |", "| --- | --- |", *rows])


def _topic(measured: Measured, title: str) -> str:
    of = measured.conditions
    told = (
        f"`python -m benchmarks {measured.topic}`, {of['kind']}, {of['date']}: {of['machine']}, Python {of['python']}, "
        f"{of['threads']}, load before {of['load']}."
    )
    rows = [_row(series, measured) for series in measured.series]
    table = "\n".join(
        [
            "| measured | candidate | median | least to most | rounds | ratio |",
            "| --- | --- | ---: | ---: | ---: | ---: |",
            *rows,
        ]
    )
    notes = "\n".join(f"- {note}" for note in measured.notes)
    chart = f"![{title}](benchmarks/{measured.topic}.svg)"
    return "\n\n".join(filter(None, [f"## {title}", told, table, notes, chart]))


def _row(series: Series, measured: Measured) -> str:
    ours = measured.find(series.what)
    compared = f"{ratio(ours, series):.3g}" if ours and series.who != measured.ours else ""
    return (
        f"| {series.what} | {series.who} | {number(series.median)} {series.unit} | "
        f"{number(series.least)} to {number(series.most)} | {len(series.values)} | {compared} |"
    )


def number(value: float) -> str:
    """Three significant digits, or the whole part if it has more."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
