"""One run: a window's captures held against the baseline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from monitoring import cloudwatch, constraints, drift, integrity, report, statistics, truth
from monitoring.captures import Captures
from monitoring.constraints import Constraints, Tally
from monitoring.contract import Contract
from monitoring.drift import Finding
from monitoring.measuring import NUMBERS, PREDICTED, Measured, measure
from monitoring.refusal import Refusal
from monitoring.sample import Sample
from monitoring.statistics import Reference
from monitoring.unusual import Oddities
from monitoring.violation import Violation, as_document

MOST_ANSWERS = 200_000  # are remembered to be held against ground truth
SHOWN = 3  # violations in the message; all are in the report


@dataclass
class Watched:
    """What a run has read and found; the report shows it."""

    contract: Contract
    reference: Reference
    constraints: Constraints
    sample: Sample
    oddities: Oddities
    skipped: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    wrong_size: int = 0
    predicted: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    quality: dict[str, Tally] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)

    @property
    def whole(self) -> int:
        """How many pictures have all features, and so can be compared."""
        return len(self.sample.rows)


def watch(contract: Contract, s3: Callable[[], Any]) -> str:
    """Read, compare, write all files, and answer the message."""
    watched = _read(contract)
    _compare(watched)
    if contract.ground_truth_uri:
        _hold_against_truth(watched, s3())
    contract.write("statistics.json", statistics.describe(watched.sample))
    contract.write("constraints.json", statistics.load(contract.constraints, "constraints"))
    contract.write("constraint_violations.json", as_document(watched.violations))
    (contract.output / "report.html").write_text(report.render(watched), encoding="utf-8")
    if contract.publishes:
        cloudwatch.publish(contract, len(watched.violations), {one.feature: one.size for one in watched.findings})
    return _message(watched)


def _read(contract: Contract) -> Watched:
    if contract.start is None or contract.end is None:
        raise Refusal("A run needs start_time and end_time; Model Monitor sets them.")
    reference = statistics.read(contract.statistics)
    limits = constraints.read(contract.constraints)
    watched = Watched(contract, reference, limits, Sample(NUMBERS), Oddities(reference))
    captures = Captures(contract.source, contract.start, contract.end)
    for capture in captures:
        measured = measure(capture.picture, capture.answer, limits.labels)
        _take(watched, capture.identity, measured)
    watched.skipped = captures.skipped
    return watched


def _take(watched: Watched, identity: str, measured: Measured) -> None:
    watched.sample.add(measured.numbers, measured.words)
    watched.problems.update(measured.problems)
    sizes = watched.constraints.sizes.items()
    watched.wrong_size += any(measured.numbers.get(name, value) != value for name, value in sizes)
    if PREDICTED in measured.words and len(watched.predicted) < MOST_ANSWERS:
        watched.predicted[identity] = measured.words[PREDICTED]
    if measured.image is not None:
        watched.oddities.look(identity, measured.numbers, measured.image)


def _compare(watched: Watched) -> None:
    sample, reference, limits = watched.sample, watched.reference, watched.constraints
    watched.violations += integrity.check(limits, sample, watched.problems, watched.wrong_size)
    if not limits.is_enabled or watched.whole < limits.minimum_samples:
        return
    names = reference.features
    answers = {PREDICTED: (reference.counts(PREDICTED), sample.words.get(PREDICTED, Counter()))}
    watched.findings = drift.compare(
        {name: reference.values(name) for name in names}, {name: sample.column(name) for name in names}, answers
    )
    columns = [sample.features.index(name) for name in names]
    watched.findings.append(drift.compare_rows(reference.rows, sample.rows[:, columns]))
    watched.violations += [_violation(watched, finding) for finding in watched.findings if finding.drifted]


def _violation(watched: Watched, finding: Finding) -> Violation:
    name, p = finding.feature, f"p = {finding.p:.2g}"
    if name == PREDICTED:
        words = f"{finding.statistic:.0%} of the answers have moved to another class ({p})."
    elif name in watched.sample.features:
        then, now = watched.reference.values(name).mean(), watched.sample.column(name).mean()
        words = f"The mean was {then:.4g} and is {now:.4g}; stability index {finding.size:.2f}, {p}."
    else:
        words = f"Pictures and answers taken together differ from the baseline ({p})."
    return Violation(name, "baseline_drift_check", words)


def _hold_against_truth(watched: Watched, s3: Any) -> None:  # noqa: ANN401 - a boto3 client
    contract, labels = watched.contract, watched.constraints.labels
    if contract.start is None or contract.end is None:
        return
    known, unreadable = truth.read(s3, contract.ground_truth_uri or "", contract.start, contract.end)
    watched.skipped["unreadable ground truth"] += unreadable
    watched.quality = truth.tally(watched.predicted, known, labels)
    watched.violations += truth.judge(watched.constraints.quality, watched.quality)


def _message(watched: Watched) -> str:
    if not watched.violations:
        few = watched.whole < watched.constraints.minimum_samples
        claim = f"; distributions want {watched.constraints.minimum_samples} and were not compared" if few else ""
        return f"Completed: {watched.sample.items} pictures, no violation{claim}."
    named = ", ".join(violation.feature_name for violation in watched.violations[:SHOWN])
    more = f" and {len(watched.violations) - SHOWN} more" if len(watched.violations) > SHOWN else ""
    return f"CompletedWithViolations: {watched.sample.items} pictures; {named}{more}. See report.html."
