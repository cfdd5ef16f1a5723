"""A run: compare a window's captures with the baseline, and tell CloudWatch and people."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from monitoring import (
    accuracy,
    captures,
    constraints,
    drift,
    labels,
    metrics,
    reference,
    report,
    statistics,
    storage,
    together,
)
from monitoring.accuracy import Measure
from monitoring.captures import Capture
from monitoring.documents import write
from monitoring.drift import LEAST, Comparison
from monitoring.observe import Observation
from monitoring.options import Options, Window
from monitoring.reference import Reference
from monitoring.together import Discrepancy
from monitoring.violations import Violation, of_data, of_drift


@dataclass(frozen=True)
class Findings:
    """All that a run has found."""

    reference: Reference
    observed: Observation
    comparisons: list[Comparison]
    together: Discrepancy
    measures: list[Measure]
    violations: list[Violation]


def run(options: Options) -> str:
    """Analyse the window and write everything; answers the exit message."""
    window = options.window
    if window is None:
        raise ValueError("a run needs a window")
    baseline = _baseline(options)
    truth = labels.fetch(options.ground_truth, window, baseline.names)
    observed = Observation(baseline, truth)
    observed.take(_captures(options, window, observed.counts))
    found = judge(baseline, observed)
    _write(options, found)
    (options.output / "report.html").write_text(report.render(found, truth.counts, options), encoding="utf-8")
    if options.publish:
        publish = metrics.put if options.captures else metrics.write
        publish(options, found.comparisons, len(found.violations))
    return sentence(found, window)


def _baseline(options: Options) -> Reference:
    if not options.baseline:
        return reference.read(options.statistics, options.constraints)
    with TemporaryDirectory() as folder:
        files = storage.fetch(options.baseline, reference.FILES, Path(folder), reference.SIZE_LIMIT)
        return reference.read(*files)


def _captures(options: Options, window: Window, counts: Counter[str]) -> Iterator[Capture]:
    if not options.captures:
        return captures.read(options.source, window, counts)
    return captures.parse(storage.captured(options.captures, options.endpoint, window), window, counts)


def judge(baseline: Reference, observed: Observation) -> Findings:
    """Compare, and list what is not as it was."""
    comparisons = drift.compare(baseline, observed.tally)
    joint = together.compare(baseline, observed.tally)
    then = accuracy.matrix(baseline.confusion, baseline.names)
    measures = accuracy.measures(then, observed.confusion, baseline.names)
    violations = [
        *of_data(baseline, observed.tally, observed.counts),
        *of_drift(comparisons, drift.drifted(comparisons), joint),
        *accuracy.violations(measures),
    ]
    return Findings(baseline, observed, comparisons, joint, measures, violations)


def sentence(found: Findings, window: Window) -> str:
    """The exit message, whose first word is the execution's status."""
    rows = found.observed.tally.rows
    when = f"from {window.start:%Y-%m-%d %H:%M} to {window.end:%Y-%m-%d %H:%M} UTC"
    if found.violations:
        names = ", ".join(f"{each.feature} ({each.check})" for each in found.violations)
        return f"CompletedWithViolations: {len(found.violations)} in {rows:,} captures {when}: {names}."
    if rows < LEAST:
        return f"Completed: {rows:,} captures {when}, fewer than the {LEAST} from which on anything is claimed."
    return f"Completed: {rows:,} captures {when} are as the baseline's {found.reference.rows:,} pictures."


def _write(options: Options, found: Findings) -> None:
    told = statistics.document(found.observed.tally, found.reference.names, found.reference.side)
    for feature in told["features"]:
        for each in found.comparisons:
            if each.name == feature["name"] and each.judged:
                compared = {"distance": each.distance, "p_value": each.p_value, "stability_index": each.stability}
                feature.setdefault("custom_statistics", {})["comparison"] = compared
    told["custom_statistics"]["counts"] = dict(sorted(found.observed.counts.items()))
    told["custom_statistics"]["confusion_matrix"] = accuracy.document(found.observed.confusion, found.reference.names)
    documents = {
        "statistics.json": told,
        "constraints.json": constraints.document(found.observed.tally),
        "constraint_violations.json": {"violations": [each.document() for each in found.violations]},
    }
    write(options.output, documents)
