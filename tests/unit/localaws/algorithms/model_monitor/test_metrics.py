"""The quality of a model's answers, held against scikit-learn and AWS's page of metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sklearn import metrics

from common.jobs import Refusal

if TYPE_CHECKING:
    from tests.unit.localaws.algorithms.model_monitor.conftest import Monitor

Lines = Callable[..., str]
CHANCE = np.random.default_rng(5)
TRUTHS = CHANCE.integers(0, 2, 400)
PROBABILITIES = np.round(np.clip(TRUTHS * 0.3 + CHANCE.uniform(0, 0.7, 400), 0, 1), 2)
PREDICTED = (PROBABILITIES >= 0.5).astype(int)


def quality(problem: str, **more: str) -> dict[str, str]:
    named = {"inference_attribute": "prediction", "ground_truth_attribute": "label", **more}
    return {"analysis_type": "MODEL_QUALITY", "problem_type": problem, **named}


def values(document: dict[str, Any]) -> dict[str, float]:
    return {name: found["value"] for name, found in document.items() if "value" in found}


def test_a_regression_has_the_metrics_of_scikit_learn(monitor: Monitor, lines: Lines) -> None:
    truths = CHANCE.normal(0, 1, 100)
    predicted = truths + CHANCE.normal(0, 0.3, 100)
    monitor(lines(prediction=predicted, label=truths), **quality("Regression"))
    found = monitor.read("statistics")["regression_metrics"]
    squared = metrics.mean_squared_error(truths, predicted)
    assert values(found) == pytest.approx(
        {
            "mae": metrics.mean_absolute_error(truths, predicted),
            "mse": squared,
            "rmse": squared**0.5,
            "r2": metrics.r2_score(truths, predicted),
        }
    )
    assert {item["standard_deviation"] for item in found.values()} == {"NaN"}


def test_a_binary_classification_has_the_metrics_of_scikit_learn(monitor: Monitor, lines: Lines) -> None:
    text = lines(prediction=PREDICTED, label=TRUTHS, probability=PROBABILITIES)
    monitor(text, **quality("BinaryClassification", probability_attribute="probability"))
    document = monitor.read("statistics")["binary_classification_metrics"]
    found = values(document)
    recalls = metrics.precision_recall_curve(TRUTHS, PROBABILITIES)
    expected = {
        "recall": metrics.recall_score(TRUTHS, PREDICTED),
        "precision": metrics.precision_score(TRUTHS, PREDICTED),
        "accuracy": metrics.accuracy_score(TRUTHS, PREDICTED),
        "auc": metrics.roc_auc_score(TRUTHS, PROBABILITIES),
        "true_positive_rate": metrics.recall_score(TRUTHS, PREDICTED),
        "true_negative_rate": metrics.recall_score(TRUTHS, PREDICTED, pos_label=0),
        "f0_5": metrics.fbeta_score(TRUTHS, PREDICTED, beta=0.5),
        "f1": metrics.f1_score(TRUTHS, PREDICTED),
        "f2": metrics.fbeta_score(TRUTHS, PREDICTED, beta=2),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert found["au_prc"] == pytest.approx(metrics.auc(recalls[1], recalls[0]), abs=0.01)
    assert all(0 < document[name]["standard_deviation"] < 0.1 for name in expected)
    matrix = metrics.confusion_matrix(TRUTHS, PREDICTED)
    assert document["confusion_matrix"] == {
        str(row): {str(column): matrix[row][column] for column in (0, 1)} for row in (0, 1)
    }


def test_a_binary_classification_of_few_rows_has_the_figures_of_aws_s_page(monitor: Monitor, lines: Lines) -> None:
    # https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html
    monitor(lines(prediction=[0, 1, 1, 1], label=[0, 0, 0, 1]), **quality("BinaryClassification"))
    document = monitor.read("statistics")["binary_classification_metrics"]
    assert document["confusion_matrix"] == {"0": {"0": 1, "1": 2}, "1": {"0": 0, "1": 1}}
    assert values(document) == pytest.approx(
        {
            "recall": 1.0,
            "precision": 0.3333333333333333,
            "accuracy": 0.5,
            "recall_best_constant_classifier": 1.0,
            "precision_best_constant_classifier": 0.25,
            "accuracy_best_constant_classifier": 0.25,
            "true_positive_rate": 1.0,
            "true_negative_rate": 0.33333333333333337,
            "false_positive_rate": 0.6666666666666666,
            "false_negative_rate": 0.0,
            "f0_5": 0.3846153846153846,
            "f1": 0.5,
            "f2": 0.7142857142857143,
            "f0_5_best_constant_classifier": 0.29411764705882354,
            "f1_best_constant_classifier": 0.4,
            "f2_best_constant_classifier": 0.625,
        }
    )
    assert document["recall"]["standard_deviation"] == "NaN"


def test_a_multiclass_classification_has_the_figures_of_aws_s_page(monitor: Monitor, lines: Lines) -> None:
    pairs = [("0", "0", 1180), ("0", "1", 510), ("1", "0", 268), ("1", "1", 138)]
    labels = [truth for truth, _, count in pairs for _ in range(count)]
    predictions = [predicted for _, predicted, count in pairs for _ in range(count)]
    monitor(lines(prediction=predictions, label=labels), **quality("MulticlassClassification"))
    document = monitor.read("statistics")["multiclass_classification_metrics"]
    assert values(document) == pytest.approx(
        {
            "accuracy": 0.6288167938931297,
            "weighted_recall": 0.6288167938931297,
            "weighted_precision": 0.6983172269629505,
            "weighted_f0_5": 0.6803947317178771,
            "weighted_f1": 0.6571162346664904,
            "weighted_f2": 0.6384024354394601,
            "accuracy_best_constant_classifier": 0.19370229007633588,
            "weighted_recall_best_constant_classifier": 0.19370229007633588,
            "weighted_precision_best_constant_classifier": 0.03752057718081697,
            "weighted_f0_5_best_constant_classifier": 0.04473443104152011,
            "weighted_f1_best_constant_classifier": 0.06286421244683643,
            "weighted_f2_best_constant_classifier": 0.10570313141262414,
        }
    )


def test_a_probability_and_its_threshold_decide_where_there_is_no_prediction(monitor: Monitor, lines: Lines) -> None:
    named = quality("BinaryClassification", probability_attribute="1", probability_threshold_attribute="0.8")
    del named["inference_attribute"]
    monitor(lines(label=[1, 1, 0, 0], probability=[0.9, 0.7, 0.85, 0.1]), **named)
    confusions = monitor.read("statistics")["binary_classification_metrics"]["confusion_matrix"]
    assert confusions == {"0": {"0": 1, "1": 1}, "1": {"0": 1, "1": 1}}


def test_json_lines_are_found_by_their_paths(monitor: Monitor) -> None:
    named = quality("Regression", inference_attribute="$.answer.value")
    monitor('{"answer": {"value": 1.5}, "label": 1}\n{"answer": {"value": 2}, "label": 2}\n', {"json": {}}, **named)
    assert monitor.read("statistics")["regression_metrics"]["mae"]["value"] == 0.25


def test_a_model_s_own_metrics_are_its_constraints(monitor: Monitor, lines: Lines) -> None:
    text = lines(prediction=PREDICTED, label=TRUTHS, probability=PROBABILITIES)
    named = quality("BinaryClassification", probability_attribute="probability")
    monitor(text, **named)
    measured = values(monitor.read("statistics")["binary_classification_metrics"])
    constraints = monitor.read("constraints")["binary_classification_constraints"]
    assert {name: item["threshold"] for name, item in constraints.items()} == {
        name: measured[name] for name in constraints
    }
    assert {name for name, item in constraints.items() if item["comparison_operator"] == "GreaterThanThreshold"} == {
        "false_positive_rate",
        "false_negative_rate",
    }
    monitor.keep("baseline")
    monitor(text, against="baseline", **named)
    assert monitor.violations() == []


def test_a_worse_model_violates_them(monitor: Monitor, lines: Lines) -> None:
    named = quality("Regression")
    monitor(lines(prediction=[1, 2, 3], label=[1.5, 2, 3]), **named)
    monitor.keep("baseline")
    monitor(lines(prediction=[1, 2, 5], label=[1.5, 2, 3]), against="baseline", **named)
    assert monitor.violations() == [
        ("GreaterThanThreshold", "mae"),
        ("GreaterThanThreshold", "mse"),
        ("GreaterThanThreshold", "rmse"),
        ("LessThanThreshold", "r2"),
    ]
    assert monitor.message.startswith("CompletedWithViolations")


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        (quality("Ranking"), "problem_type is 'Ranking'"),
        (quality("Regression", ground_truth_attribute="truth"), "has no column 'truth'; it has prediction, label"),
        (quality("Regression", inference_attribute="label"), "'many', where a number is needed"),
        (quality("BinaryClassification"), "labels of a BinaryClassification are 0 and 1"),
        (quality("MulticlassClassification", inference_attribute=""), "needs inference_attribute"),
        (quality("BinaryClassification", probability_threshold_attribute="high"), "give a number from 0 to 1"),
    ],
)
def test_answers_that_cannot_be_measured_are_refused(
    monitor: Monitor, lines: Lines, named: dict[str, str], sentence: str
) -> None:
    with pytest.raises(Refusal, match=sentence):
        monitor(lines(prediction=[1, 2], label=["many", "few"]), **named)


def test_constraints_of_another_problem_are_refused(monitor: Monitor, lines: Lines) -> None:
    text = lines(prediction=[0, 1], label=[0, 1])
    monitor(text, **quality("Regression"))
    monitor.keep("baseline")
    with pytest.raises(Refusal, match="no binary_classification_constraints"):
        monitor(text, against="baseline", **quality("BinaryClassification"))
