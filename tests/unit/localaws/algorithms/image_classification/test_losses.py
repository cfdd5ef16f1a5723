"""Probabilities, gradients and counts."""

import numpy as np
import pytest

from localaws.algorithms.image_classification.losses import Loss, count_top_k, make_loss

LOGITS = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]], np.float32)
ONE_HOT = np.array([[1, 0, 0], [0, 0, 1]], np.float32)
MULTI_HOT = np.array([[1, 0, 1], [0, 1, 1]], np.float32)


def cross_entropy(loss: Loss, logits: np.ndarray, targets: np.ndarray) -> float:
    probabilities = loss.probabilities(logits.astype(np.float64))
    total = -(loss.positive_weights * targets * np.log(probabilities)).sum()
    if loss.multi_label:
        total -= ((1 - targets) * np.log(1 - probabilities)).sum()
    return float(total)


@pytest.mark.parametrize(
    ("loss", "targets"),
    [
        (Loss(False, np.ones(3, np.float32)), ONE_HOT),
        (Loss(True, np.ones(3, np.float32)), MULTI_HOT),
        (Loss(True, np.array([2, 0.5, 3], np.float32)), MULTI_HOT),
    ],
)
def test_the_gradient_is_the_slope_of_the_loss(loss: Loss, targets: np.ndarray) -> None:
    numeric = np.zeros_like(LOGITS)
    for place in np.ndindex(LOGITS.shape):
        step = np.zeros_like(LOGITS)
        step[place] = 1e-2
        rise = cross_entropy(loss, LOGITS + step, targets) - cross_entropy(loss, LOGITS - step, targets)
        numeric[place] = rise / 2e-2
    np.testing.assert_allclose(loss.gradient(LOGITS, targets), numeric, atol=1e-3)


def test_huge_logits_give_no_overflow() -> None:
    huge = np.array([[1e4, -1e4]], np.float32)
    assert Loss(False, np.ones(2, np.float32)).probabilities(huge).tolist() == [[1, 0]]
    assert np.isfinite(Loss(True, np.ones(2, np.float32)).probabilities(huge)).all()


def test_several_labels_count_by_their_share() -> None:
    assert make_loss(MULTI_HOT, multi_label=True, weighted=False).correct(LOGITS, MULTI_HOT) == 1 + 2 / 3
    assert make_loss(ONE_HOT, multi_label=False, weighted=False).correct(LOGITS, ONE_HOT) == 1


def test_rare_classes_weigh_more() -> None:
    targets = np.array([[1, 1], [0, 1], [0, 1], [0, 0]], np.float32)
    np.testing.assert_allclose(make_loss(targets, multi_label=True, weighted=True).positive_weights, [3, 1 / 3])


def test_top_two_finds_a_second_best_answer() -> None:
    assert count_top_k(LOGITS, ONE_HOT, 1) == 1
    assert count_top_k(LOGITS, np.array([[0, 0, 1], [0, 0, 1]], np.float32), 2) == 1
