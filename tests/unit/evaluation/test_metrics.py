"""Metrics against hand-made answers, and the shape that AWS documents."""

import json
import math

import numpy as np
import pytest
from sklearn import metrics as sk

from evaluation import curves, metrics, plots
from evaluation.predict import Answers
from evaluation.trust import charts

SCALARS = (
    "accuracy",
    "precision",
    "recall",
    "f0_5",
    "f1",
    "f2",
    "auc",
    "true_positive_rate",
    "true_negative_rate",
    "false_positive_rate",
    "false_negative_rate",
)


def answers(actual: list[int], score: list[float]) -> Answers:
    positive = np.asarray(score)
    paths = [f"{index}.png" for index in range(len(actual))]
    return Answers(paths, np.asarray(actual), np.stack([1 - positive, positive], axis=1))


def drawn(count: int) -> Answers:
    random = np.random.default_rng(5)
    actual = random.integers(0, 2, count)
    score = np.clip(0.5 + 0.25 * (2 * actual - 1) + random.normal(0, 0.25, count), 0.001, 0.999)
    return answers(actual.tolist(), score.tolist())


def test_each_metric_agrees_with_its_definition() -> None:
    # 3 motorcycles found, 1 missed, 2 bicycles mistaken, 4 recognised
    measured = metrics.binary(
        answers([1, 1, 1, 1, 0, 0, 0, 0, 0, 0], [0.9, 0.8, 0.7, 0.2, 0.6, 0.9, 0.1, 0.2, 0.3, 0.4]), 1
    )
    value = {name: measured[name]["value"] for name in SCALARS}
    assert measured["confusion_matrix"] == {"0": {"0": 4, "1": 2}, "1": {"0": 1, "1": 3}}
    assert value["accuracy"] == pytest.approx(7 / 10)
    assert value["precision"] == pytest.approx(3 / 5)
    assert value["recall"] == value["true_positive_rate"] == pytest.approx(3 / 4)
    assert value["true_negative_rate"] == pytest.approx(4 / 6)
    assert value["false_positive_rate"] == pytest.approx(2 / 6)
    assert value["false_negative_rate"] == pytest.approx(1 / 4)
    for name, beta in (("f0_5", 0.5), ("f1", 1.0), ("f2", 2.0)):
        weight = beta**2
        assert value[name] == pytest.approx((1 + weight) * 3 / ((1 + weight) * 3 + weight * 1 + 2))


def test_every_scalar_has_a_value_a_deviation_and_a_companion() -> None:
    measured = metrics.binary(drawn(300), 1)
    for name in SCALARS:
        for key in (name, f"{name}_best_constant_classifier"):
            assert set(measured[key]) == {"value", "standard_deviation"}
            assert isinstance(measured[key]["standard_deviation"], float)


def test_the_companion_always_answers_the_positive_class() -> None:
    measured = metrics.binary(answers([1, 0, 0, 0], [0.9, 0.1, 0.8, 0.7]), 1)
    assert measured["accuracy_best_constant_classifier"]["value"] == 0.25
    assert measured["precision_best_constant_classifier"]["value"] == 0.25
    assert measured["recall_best_constant_classifier"]["value"] == 1.0
    assert measured["auc_best_constant_classifier"]["value"] == 0.5


@pytest.mark.parametrize(("rows", "given"), [(199, False), (200, True)])
def test_deviations_are_given_from_two_hundred_rows_on(rows: int, given: bool) -> None:
    deviation = metrics.binary(drawn(rows), 1)["accuracy"]["standard_deviation"]
    assert (deviation != "NaN") is given


def test_deviations_depend_on_the_seed_and_on_nothing_else() -> None:
    sample = drawn(250)
    assert metrics.binary(sample, 1) == metrics.binary(sample, 1)
    assert metrics.binary(sample, 1)["f1"] != metrics.binary(sample, 2)["f1"]


def test_the_file_is_json_without_bare_nan() -> None:
    text = json.dumps(metrics.binary(answers([1, 1], [0.9, 0.2]), 1), allow_nan=False)
    assert '"auc": {"value": "NaN", "standard_deviation": "NaN"}' in text


def test_curves_run_from_corner_to_corner() -> None:
    measured = metrics.binary(drawn(200), 1)
    roc = measured["receiver_operating_characteristic_curve"]
    assert (roc["false_positive_rates"][0], roc["true_positive_rates"][0]) == (0.0, 0.0)
    assert (roc["false_positive_rates"][-1], roc["true_positive_rates"][-1]) == (1.0, 1.0)
    curve = measured["precision_recall_curve"]
    assert len(curve["precisions"]) == len(curve["recalls"])
    assert (curve["precisions"][-1], curve["recalls"][-1]) == (1.0, 0.0)
    area = np.trapezoid if hasattr(np, "trapezoid") else np.trapz
    assert area(roc["true_positive_rates"], roc["false_positive_rates"]) == pytest.approx(measured["auc"]["value"])


def test_a_tie_is_answered_with_the_first_class() -> None:
    assert answers([1], [0.5]).predicted.tolist() == [0]


def test_calibration_counts_every_answer_once() -> None:
    sample = drawn(500)
    _, right, counts = charts.calibration(sample)
    assert counts.sum() == 500
    assert (right * counts).sum() == pytest.approx((sample.predicted == sample.actual).sum())


def test_full_confidence_falls_into_the_last_bin() -> None:
    _, right, counts = charts.calibration(answers([1, 0], [1.0, 1.0]))
    assert counts[-1] == 2
    assert math.isclose(right[-1], 0.5)


def test_the_worst_mistakes_come_surest_first() -> None:
    sample = answers([1, 1, 0, 0], [0.4, 0.1, 0.99, 0.2])
    assert plots.worst(sample) == [2, 1, 0]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("places", [1, 2, 8])
def test_curves_areas_and_metrics_are_scikit_learns_also_with_ties(places: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    actual = np.r_[0, 1, random.integers(0, 2, random.integers(0, 60))]
    score = np.round(random.random(len(actual)), places)
    predicted = (score > 0.5).astype(np.int64)

    roc = curves.roc(actual, score)
    np.testing.assert_array_equal((roc.false_positive_rates, roc.true_positive_rates), sk.roc_curve(actual, score)[:2])
    assert roc.area == pytest.approx(sk.roc_auc_score(actual, score), abs=1e-12)
    steps = curves.precision_recall(actual, score)
    np.testing.assert_array_equal((steps.precisions, steps.recalls), sk.precision_recall_curve(actual, score)[:2])
    assert steps.average == pytest.approx(sk.average_precision_score(actual, score), abs=1e-12)

    measured = metrics.scalars(actual, predicted, score)
    assert measured["precision"] == pytest.approx(sk.precision_score(actual, predicted, zero_division=0))
    assert measured["recall"] == pytest.approx(sk.recall_score(actual, predicted, zero_division=0))
    assert measured["f0_5"] == pytest.approx(sk.fbeta_score(actual, predicted, beta=0.5, zero_division=0))
    assert measured["f2"] == pytest.approx(sk.fbeta_score(actual, predicted, beta=2, zero_division=0))
    table = metrics.confusion(actual, predicted)
    assert [list(row.values()) for row in table.values()] == sk.confusion_matrix(
        actual, predicted, labels=[0, 1]
    ).tolist()
