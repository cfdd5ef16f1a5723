"""A run: compare a window's captures with the baseline, and report to CloudWatch and to people."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from monitoring import (
    accuracy,
    baseline_files,
    captures,
    constraints,
    findings,
    labels,
    metrics,
    report,
    statistics,
    storage,
)
from monitoring.baseline_files import Reference
from monitoring.captures import Capture
from monitoring.charts import share_bins
from monitoring.documents import write
from monitoring.drift import LEAST
from monitoring.findings import Findings
from monitoring.observations import Observation
from monitoring.options import Options, Window

_SERIES = ("bounds", "baseline", "now")


def run(options: Options) -> str:
    """Analyse the window and write everything; answers the exit message."""
    window = options.window
    if window is None:
        raise ValueError("a run needs a window")
    baseline = _baseline(options)
    truth = labels.fetch(options.ground_truth, window, baseline.names)
    observed = Observation(baseline, truth)
    observed.take(_captures(options, window, observed.counts))
    found = findings.compare(baseline, observed)
    _write(options, found)
    (options.output / "report.html").write_text(report.render(found, truth.counts, options), encoding="utf-8")
    if options.publish:
        publish = metrics.put if options.captures else metrics.write
        publish(options, found.comparisons, len(found.violations))
    return sentence(found, window)


def _baseline(options: Options) -> Reference:
    if not options.baseline:
        return baseline_files.read(options.statistics, options.constraints)
    with TemporaryDirectory() as folder:
        files = storage.fetch(options.baseline, baseline_files.FILES, Path(folder), baseline_files.SIZE_LIMIT)
        return baseline_files.read(*files)


def _captures(options: Options, window: Window, counts: Counter[str]) -> Iterator[Capture]:
    if not options.captures:
        return captures.read(options.source, window, counts)
    return captures.parse(storage.captured(options.captures, options.endpoint, window), window, counts)


def sentence(found: Findings, window: Window) -> str:
    """The exit message, whose first word is the execution's status."""
    rows = found.observed.measured.rows
    when = f"from {window.start:%Y-%m-%d %H:%M} to {window.end:%Y-%m-%d %H:%M} UTC"
    if found.violations:
        names = ", ".join(f"{each.feature} ({each.check})" for each in found.violations)
        return f"CompletedWithViolations: {len(found.violations)} in {rows:,} captures {when}: {names}."
    if rows < LEAST:
        return f"Completed: {rows:,} captures {when}, fewer than the {LEAST} from which on anything is claimed."
    return f"Completed: {rows:,} captures {when} are as the baseline's {found.reference.rows:,} images."


def _write(options: Options, found: Findings) -> None:
    written = statistics.document(found.observed.measured, found.reference.names, found.reference.side)
    for feature in written["features"]:
        for each in found.comparisons:
            if each.name == feature["name"] and each.has_enough:
                compared = {"distance": each.distance, "p_value": each.p_value, "stability_index": each.stability}
                compared |= _describe_baseline(found.reference, each.name)
                compared |= _describe_shares(found, each.name)
                feature.setdefault("custom_statistics", {})["comparison"] = compared
    written["custom_statistics"]["counts"] = dict(sorted(found.observed.counts.items()))
    written["custom_statistics"]["confusion_matrix"] = accuracy.document(
        found.observed.confusion, found.reference.names
    )
    documents = {
        "statistics.json": written,
        "constraints.json": constraints.document(found.observed.measured),
        "constraint_violations.json": {"violations": [each.document() for each in found.violations]},
    }
    write(options.output, documents)


def _describe_baseline(reference: Reference, name: str) -> dict[str, Any]:
    """What a feature was in the baseline, so that a report alone tells in which direction it changed."""
    if name in reference.words:
        counts = reference.words[name]
        return {"baseline_shares": {word: counts[word] / sum(counts.values()) for word in sorted(counts)}}
    values = reference.column(name)
    return {"baseline_mean": float(values.mean()), "baseline_std_dev": float(values.std())}


def _describe_shares(found: Findings, name: str) -> dict[str, Any]:
    """Both distributions of a number by common bins, so that whoever has the report alone can draw them."""
    if name in found.reference.words:
        return {}
    bounds, then, now = share_bins(found.reference.column(name), found.observed.measured.column(name))
    return {
        "histogram": {
            name: statistics.rounded(values) for name, values in zip(_SERIES, (bounds, then, now), strict=True)
        }
    }
