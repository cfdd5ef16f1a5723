"""What a run has found: each comparison with the baseline, and which of them are violations."""

from dataclasses import dataclass

from monitoring import accuracy, drift, mmd
from monitoring.accuracy import Measure
from monitoring.baseline_files import Reference
from monitoring.drift import Comparison
from monitoring.mmd import Discrepancy
from monitoring.observations import Observation
from monitoring.violations import Violation, of_data, of_drift


@dataclass(frozen=True)
class Findings:
    """All that a run has found."""

    reference: Reference
    observed: Observation
    comparisons: list[Comparison]
    mmd: Discrepancy
    measures: list[Measure]
    violations: list[Violation]


def compare(baseline: Reference, observed: Observation) -> Findings:
    """Compare what was observed with the baseline."""
    comparisons = drift.compare(baseline, observed.measured)
    joint = mmd.compare(baseline, observed.measured)
    then = accuracy.matrix(baseline.confusion, baseline.names)
    measures = accuracy.measures(then, observed.confusion, baseline.names)
    violations = [
        *of_data(baseline, observed.measured, observed.counts),
        *of_drift(comparisons, drift.drifted(comparisons), joint),
        *accuracy.violations(measures),
    ]
    return Findings(baseline, observed, comparisons, joint, measures, violations)
