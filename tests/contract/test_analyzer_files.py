"""What the stand-in for AWS's analyzer writes, held to what AWS documents, and read by the SDK's classes."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import numpy as np
import pytest
from sagemaker.model_monitor import Constraints, ConstraintViolations, Statistics

from tests.contract.monitor_schemas import CONSTRAINTS, NUMBER, STATISTICS, VIOLATIONS, exact
from tests.unit.localaws.algorithms.model_monitor.conftest import Monitor

METRIC = exact({"value": NUMBER, "standard_deviation": {"anyOf": [NUMBER, {"const": "NaN"}]}})
NAMES = ("recall", "precision", "accuracy", "f0_5", "f1", "f2")
CONSTRAINT = exact(
    {"threshold": NUMBER, "comparison_operator": {"enum": ["LessThanThreshold", "GreaterThanThreshold"]}}
)
RATES = {"type": "array", "items": {"type": "number", "minimum": 0, "maximum": 1}}
BINARY = exact(
    {
        "confusion_matrix": {"type": "object"},
        **dict.fromkeys(NAMES, METRIC),
        **dict.fromkeys((f"{name}_best_constant_classifier" for name in NAMES), METRIC),
        **dict.fromkeys(
            (f"{way}_{sign}_rate" for way in ("true", "false") for sign in ("positive", "negative")), METRIC
        ),
        **{"auc": METRIC, "au_prc": METRIC},
        "receiver_operating_characteristic_curve": exact({"false_positive_rates": RATES, "true_positive_rates": RATES}),
        "precision_recall_curve": exact({"precisions": RATES, "recalls": RATES}),
    }
)


@pytest.fixture(scope="module")
def monitor(tmp_path_factory: pytest.TempPathFactory) -> Monitor:
    """A baseline of a table with columns of each type, and a run of one that violates it."""
    made = Monitor(tmp_path_factory.mktemp("monitor"))
    chance = np.random.default_rng(6)
    for moved in (0.0, 3.0):
        rows = [
            f"{number},{chance.normal() + moved:.3e},{chance.choice(['a', 'b'])},name{number},,{number % 2 == 0}"
            for number in range(3000)
        ]
        text = "\n".join(["place,size,kind,name,nothing,even", *rows]) + "\n"
        made(text, against="baseline" if moved else None)
        if not moved:
            made.keep("baseline")
    return made


def test_the_files_of_data_have_the_documented_members_and_no_others(monitor: Monitor) -> None:
    jsonschema.validate(monitor.read("statistics"), STATISTICS)
    jsonschema.validate(monitor.read("constraints"), CONSTRAINTS)
    jsonschema.validate(monitor.read("constraint_violations"), VIOLATIONS)
    assert monitor.violations() == [("baseline_drift_check", "size")]


def test_the_sdk_s_classes_take_them(monitor: Monitor) -> None:
    assert Statistics(monitor.read("statistics"), "s3://b/s.json").body_dict["dataset"]["item_count"] == 3000
    constraints = Constraints(monitor.read("constraints"), "s3://b/c.json")
    constraints.set_monitoring(enable_monitoring=False)
    assert constraints.body_dict["monitoring_config"]["evaluate_constraints"] == "Disabled"
    constraints.set_monitoring(enable_monitoring=False, feature_name="size")
    overrides = {item["name"]: item.get("monitoring_config_overrides") for item in constraints.body_dict["features"]}
    assert overrides["size"] == {"evaluate_constraints": "Disabled"}
    assert ConstraintViolations(monitor.read("constraint_violations"), "s3://b/v.json").body_dict["violations"]


def test_the_files_of_a_model_have_the_documented_members_and_no_others(tmp_path: Path) -> None:
    made = Monitor(tmp_path)
    chance = np.random.default_rng(7)
    rows = [f"{number % 2},{chance.integers(0, 2)},{chance.uniform():.3f}" for number in range(2500)]
    named = {
        "analysis_type": "MODEL_QUALITY",
        "problem_type": "BinaryClassification",
        "inference_attribute": "prediction",
        "probability_attribute": "probability",
        "ground_truth_attribute": "label",
    }
    made("\n".join(["label,prediction,probability", *rows]) + "\n", **named)
    metrics = made.read("statistics").pop("binary_classification_metrics")
    jsonschema.validate(metrics, BINARY)
    assert len(metrics["precision_recall_curve"]["recalls"]) <= 1001
    for constraint in made.read("constraints")["binary_classification_constraints"].values():
        jsonschema.validate(constraint, CONSTRAINT)
