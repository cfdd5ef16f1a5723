"""Does the net know how sure it may be? A temperature, fitted on the validation images, would put it right.

It is measured and told, never applied: what the endpoint answers is what the net says.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.predict import Answers

BINS = 10
COOLEST, WARMEST = 0.05, 20.0
_GOLDEN = (1 + math.sqrt(5)) / 2
_PRECISION = 1e-6  # of the temperature's logarithm
LEAST = 1e-7
"""Probabilities are single precision: below this they are rounding."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """The temperature, and the test answers as they would be with it."""

    temperature: float
    cooled: Answers
    section: dict[str, Any]


def calibrate(validation: Answers, test: Answers) -> Calibration:
    """Fit on validation, measure on test."""
    temperature = fit_temperature(validation)
    cooled = Answers(test.paths, test.actual, tempered(test.probabilities, temperature))
    section = {
        "fitted_on": "validation",
        "temperature": temperature,
        "at_limit": not COOLEST * 1.01 < temperature < WARMEST * 0.99,
        "before": _measures(test),
        "after": _measures(cooled),
        "applied_to_served_answers": False,
    }
    return Calibration(temperature, cooled, section)


def fit_temperature(answers: Answers) -> float:
    """The temperature with the least negative log likelihood."""

    def loss(logarithm: float) -> float:
        cooled = tempered(answers.probabilities, math.exp(logarithm))
        return negative_log_likelihood(Answers(answers.paths, answers.actual, cooled))

    return math.exp(_find_least(loss, math.log(COOLEST), math.log(WARMEST)))


def _find_least(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function of one valley is least, by golden sections: importing an optimizer takes longer than all this.

    https://en.wikipedia.org/wiki/Golden-section_search
    """
    left, right = high - (high - low) / _GOLDEN, low + (high - low) / _GOLDEN
    at_left, at_right = function(left), function(right)
    while high - low > _PRECISION:
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - (high - low) / _GOLDEN
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + (high - low) / _GOLDEN
            at_right = function(right)
    return (low + high) / 2


def tempered(probabilities: Floats, temperature: float) -> Floats:
    """Divide the net's logits by the temperature; logarithms of probabilities are logits but for a constant."""
    logits = np.log(np.maximum(probabilities, LEAST)) / temperature
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=1, keepdims=True)
    return shares


def negative_log_likelihood(answers: Answers) -> float:
    """The mean of -log of the probability that the true class was given."""
    given = answers.probabilities[np.arange(len(answers.actual)), answers.actual]
    return float(-np.log(np.maximum(given, LEAST)).mean())


def expected_error(answers: Answers) -> float:
    """The expected calibration error: how far confidence and share of right answers lie apart, on average."""
    place = bins(answers)
    sure = np.bincount(place, weights=answers.confidence, minlength=BINS)
    right = np.bincount(place, weights=answers.right, minlength=BINS)
    return float(np.abs(sure - right).sum() / len(place))


def bins(answers: Answers) -> NDArray[np.int64]:
    """Each answer's bin by its confidence, from 0 (0.5, a guess) to BINS - 1 (1)."""
    return np.clip(((answers.confidence - 0.5) * 2 * BINS).astype(np.int64), 0, BINS - 1)


def _measures(answers: Answers) -> dict[str, float]:
    return {
        "expected_calibration_error": expected_error(answers),
        "negative_log_likelihood": negative_log_likelihood(answers),
    }
