"""Intervals, the comparison with the live version, calibration, the threshold and slices, on answers made by hand."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from evaluation.predict import Answers
from evaluation.trust import calibration, comparison, coverage, gate, intervals, slices
from evaluation.trust.intervals import RESAMPLES

SEED = 42
RANDOM = np.random.default_rng(7)


def answers(right: list[bool], confidence: float | list[float] = 0.9, actual: list[int] | None = None) -> Answers:
    """Answers that are right or wrong, as sure as told; every second image is a motorcycle."""
    truth = np.array(actual if actual is not None else [index % 2 for index in range(len(right))])
    said = np.where(right, truth, 1 - truth)
    sure = np.broadcast_to(confidence, len(right))
    probabilities = np.empty((len(right), 2))
    probabilities[np.arange(len(right)), said] = sure
    probabilities[np.arange(len(right)), 1 - said] = 1 - sure
    return Answers([f"{index}.png" for index in range(len(right))], truth, probabilities)


def some(rate: float, count: int = 200) -> Answers:
    rights = (RANDOM.random(count) < rate).tolist()
    return answers(rights, RANDOM.uniform(0.5, 1, count).tolist())


def test_each_interval_holds_the_metric_that_was_measured_and_a_second_draw_is_the_first() -> None:
    given = some(0.85)
    told = intervals.bootstrap(given, SEED)
    assert told["accuracy"]["lower"] < given.right.mean() < told["accuracy"]["upper"]
    assert told["auc"]["lower"] < roc_auc_score(given.actual, given.score) < told["auc"]["upper"]
    assert told == intervals.bootstrap(given, SEED)
    assert told["resamples"] >= 1000


def test_the_intervals_width_is_that_of_the_binomial() -> None:
    told = intervals.bootstrap(answers([index % 10 != 0 for index in range(400)]), SEED)["accuracy"]
    assert told["upper"] - told["lower"] == pytest.approx(2 * 1.96 * (0.9 * 0.1 / 400) ** 0.5, rel=0.1)


def test_a_resampled_area_is_scikit_learns_with_ties() -> None:
    given = answers(RANDOM.random(60).round().astype(bool).tolist(), RANDOM.uniform(0.5, 1, 60).round(1).tolist())
    weights = RANDOM.integers(0, 3, (4, 60))
    for row, area in zip(weights, intervals._areas(given, weights), strict=True):
        assert area == pytest.approx(roc_auc_score(given.actual, given.score, sample_weight=row))


def test_many_pictures_are_resampled_a_part_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    given = some(0.8, 50)
    whole = intervals.bootstrap(given, SEED)
    monkeypatch.setattr(intervals, "CHUNK_CELLS", 50 * 64)
    parts = [len(weights) for weights in intervals._weights(50, SEED)]
    assert sum(parts) == RESAMPLES
    assert max(parts) == 64
    assert intervals.bootstrap(given, SEED)["accuracy"] == pytest.approx(whole["accuracy"], abs=0.03)


def test_a_test_set_of_one_class_has_no_interval_of_its_area() -> None:
    told = intervals.bootstrap(answers([True, False] * 5, actual=[1] * 10), SEED)
    assert told["auc"] == {"lower": "NaN", "upper": "NaN"}


def test_wilsons_interval_has_a_width_where_everything_is_right() -> None:
    assert intervals.wilson(10, 10) == {"lower": pytest.approx(0.7225, abs=1e-4), "upper": pytest.approx(1)}
    assert intervals.wilson(0, 10)["lower"] == 0


@pytest.mark.parametrize(
    ("lost", "gained", "p_value"), [(0, 0, 1.0), (5, 0, 1 / 32), (4, 1, 6 / 32), (1, 4, 31 / 32), (0, 7, 1.0)]
)
def test_the_p_value_is_mcnemars_exact_one_to_one_side(lost: int, gained: int, p_value: float) -> None:
    assert comparison.worse_by_chance(lost, gained) == pytest.approx(p_value)


def test_a_worse_model_is_told_with_figures_and_an_interval_below_zero() -> None:
    live = answers([True] * 100)
    new = answers([index >= 12 for index in range(100)])
    found = comparison.compare(new, live, "s3://b/model.tar.gz", 0.05, SEED)
    assert found["accuracy"] == {"new": 0.88, "live": 1.0}
    assert found["discordant"] == {"only_live_right": 12, "only_new_right": 0}
    assert found["accuracy_difference"]["lower"] < found["accuracy_difference"]["value"] == -0.12
    assert found["accuracy_difference"]["upper"] < 0
    assert found["verdict"].startswith("The new model is worse than the live version: 12 images")


def test_a_level_of_0_lets_a_worse_model_pass_and_says_so() -> None:
    live, new = answers([True] * 100), answers([index >= 12 for index in range(100)])
    found = comparison.compare(new, live, "s3://b/model.tar.gz", 0, SEED)
    assert "PairedGateLevel 0 lets it pass" in found["verdict"]
    assert gate.decide(0.88, 0.8, found, 0)["outcome"] == "passed"


def test_the_same_answers_are_no_reason_to_refuse() -> None:
    found = comparison.compare(some(0.7), some(0.7), "s3://b/m", 0.05, SEED)
    same = comparison.compare(answers([True] * 4), answers([True] * 4), "s3://b/m", 0.05, SEED)
    assert same["p_value"] == 1.0
    assert found["p_value"] > 0


def test_without_a_live_version_nothing_speaks_against_the_model() -> None:
    assert comparison.without_live()["p_value"] == 1.0
    assert comparison.without_live()["verdict"] == "There is no live version to compare with."


def test_the_gate_names_the_condition_that_failed_and_both_where_both_did() -> None:
    worse = comparison.compare(answers([False] * 9), answers([True] * 9), "s3://b/live", 0.05, SEED)
    none = comparison.without_live()
    assert gate.decide(0.7, 0.8, none, 0.05)["sentence"] == (
        "The accuracy on the test images is 0.7000, below the AccuracyThreshold of 0.8"
    )
    only_worse = gate.decide(0.9, 0.8, worse, 0.05)["sentence"]
    assert "AccuracyThreshold" not in only_worse
    assert "s3://b/live" in only_worse
    assert "below the PairedGateLevel of 0.05" in only_worse
    both = gate.decide(0.7, 0.8, worse, 0.05)["sentence"]
    assert "AccuracyThreshold" in both
    assert "PairedGateLevel" in both
    assert gate.decide(0.9, 0.8, none, 0.05)["outcome"] == "passed"


def test_the_temperature_of_an_overconfident_net_is_above_one_and_mends_it() -> None:
    validation, test = (answers([index % 5 != 0 for index in range(500)], 0.99) for _ in range(2))
    found = calibration.calibrate(validation, test)
    assert found.temperature > 2
    assert found.cooled.confidence == pytest.approx(0.8, abs=0.01)
    before, after = found.section["before"], found.section["after"]
    assert before["expected_calibration_error"] == pytest.approx(0.19)
    assert after["expected_calibration_error"] < 0.01
    assert after["negative_log_likelihood"] < before["negative_log_likelihood"]
    assert found.section["at_limit"] is False


def test_a_temperature_changes_no_answer_and_one_changes_nothing() -> None:
    given = some(0.8)
    assert calibration.tempered(given.probabilities, 1.0) == pytest.approx(given.probabilities)
    assert (calibration.tempered(given.probabilities, 3.0).argmax(axis=1) == given.predicted).all()


def test_without_a_mistake_the_temperature_is_at_its_limit_and_says_so() -> None:
    good = answers([True] * 20, 0.8)
    assert calibration.calibrate(good, good).section["at_limit"] is True


def test_the_recommended_threshold_is_the_lowest_that_keeps_the_target() -> None:
    given = answers([True, True, True, False, True], [0.95, 0.9, 0.8, 0.7, 0.6])
    found = coverage.curve(given)
    assert found.coverage.tolist() == pytest.approx([1, 0.8, 0.6, 0.4, 0.2])
    assert found.precision.tolist() == pytest.approx([0.8, 0.75, 1, 1, 1])
    assert coverage.recommend(found, 0.9) == 0.8
    assert coverage.recommend(found, 0.8) == 0.6


def test_the_picture_that_the_threshold_was_read_from_passes_it() -> None:
    given = answers([True, False], [0.812345678, 0.6])
    threshold = coverage.recommend(coverage.curve(given), 1)
    assert threshold == 0.8123
    assert coverage.at(given, threshold).coverage == 0.5


def test_where_the_target_is_out_of_reach_a_person_decides() -> None:
    bad = answers([False] * 4, 0.9)
    found = coverage.section(bad, answers([True] * 4, 0.8), 0.95)
    assert (found["recommended"], found["target_reached"]) == (1.0, False)
    assert found["test"] == {"coverage": 0.0, "precision": None}


def test_slices_add_up_and_empty_ones_are_left_out() -> None:
    given = some(0.8, 90)
    stats = type("Seen", (), {})()
    stats.brightness, stats.sharpness = np.arange(90.0), np.zeros(90)
    stats.longer_side = np.array([32] * 60 + [300] * 30)
    found = slices.cut(given, stats)
    for groups in found.values():
        assert sum(group["pictures"] for group in groups) == 90
    assert [group["name"] for group in found["brightness"]] == ["dark", "middling", "bright"]
    assert [group["pictures"] for group in found["sharpness"]] == [90]
    assert [group["name"] for group in found["size"]] == ["up to 32 pixels", "over 256 pixels"]
    dark = found["brightness"][0]
    assert dark["right"] == given.right[:30].sum()
    assert dark["lower"] < dark["accuracy"] < dark["upper"]
