"""Everything of this folder, measured at once: sections of evaluation.json, and plots of the report."""

from dataclasses import dataclass
from typing import Any

from evaluation.options import Options
from evaluation.predict import Answers
from evaluation.split import Split
from evaluation.trust import calibration, charts, comparison, coverage, gate, intervals, leakage, slices
from evaluation.trust.image_stats import compute_stats
from evaluation.trust.occlusion import Occluded


@dataclass(frozen=True)
class Asked:
    """What the net said of both splits, the maps of its worst mistakes, and what the live version said of the test."""

    validation: Answers
    test: Answers
    maps: list[Occluded]
    live: Answers | None


@dataclass(frozen=True)
class Trust:
    """`sections` goes into evaluation.json as it is; `plots` holds PNG bytes by name."""

    sections: dict[str, Any]
    plots: dict[str, bytes]
    cooled: Answers

    @property
    def warning(self) -> str | None:
        """What a person should hear even where all went well."""
        return leakage.warning(self.sections["leakage"])


def measure(options: Options, splits: dict[str, Split], asked: Asked) -> Trust:
    """Measure it."""
    calibrated = calibration.calibrate(asked.validation, asked.test)
    stats = {name: compute_stats(split) for name, split in splits.items()}
    compared = _compare(options, asked)
    accuracy = float(asked.test.right.mean())
    sections = {
        "confidence_intervals": intervals.bootstrap(asked.test, options.seed),
        "comparison": compared,
        "gate": gate.decide(accuracy, options.threshold, compared, options.paired_gate_level),
        "calibration": calibrated.section,
        "confidence_threshold": coverage.section(asked.validation, asked.test, options.target_precision),
        "slices": slices.cut(asked.test, stats["test"]),
        "leakage": leakage.check(list(stats.values())),
    }
    return Trust(sections, _draw(sections, splits, asked), calibrated.cooled)


def _compare(options: Options, asked: Asked) -> dict[str, Any]:
    if asked.live is None:
        return comparison.without_live()
    return comparison.compare(asked.test, asked.live, options.live_model_uri, options.paired_gate_level, options.seed)


def _draw(sections: dict[str, Any], splits: dict[str, Split], asked: Asked) -> dict[str, bytes]:
    curves = {"validation": coverage.curve(asked.validation), "test": coverage.curve(asked.test)}
    plots = {
        "precision_coverage": charts.precision_coverage(curves, sections["confidence_threshold"]),
        "occlusion": charts.occlusion_maps(asked.maps, asked.test),
    }
    leaked = charts.leaked(sections["leakage"], splits)
    return plots | ({"leakage": leaked} if leaked else {})
