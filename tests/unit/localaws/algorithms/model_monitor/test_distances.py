"""Distances of two samples, held against scipy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from localaws.algorithms.model_monitor.distances import chi_square, compare_categories, compare_numbers


def test_the_distance_of_numbers_is_that_of_the_kolmogorov_smirnov_test() -> None:
    chance = np.random.default_rng(3)
    then, now = chance.normal(0, 1, 400), chance.normal(0.4, 1, 150)
    expected = stats.ks_2samp(then, now).statistic
    samples = (then, np.ones(400)), (now, np.ones(150))
    assert compare_numbers(*samples, robust=False) == pytest.approx(expected)
    # Less the factor of Deequ, which AWS's container measures with.
    least = 1.8 * math.sqrt((400 + 150) / (400 * 150))
    assert compare_numbers(*samples, robust=True) == pytest.approx(expected - least)


def test_a_value_counts_as_often_as_it_stands_for() -> None:
    then = np.array([1.0, 2.0, 2.0, 2.0, 2.0]), np.ones(5)
    now = np.array([2.0, 1.0]), np.array([4.0, 1.0])
    assert compare_numbers(then, now, robust=False) == pytest.approx(0)


def test_the_distance_of_categories_is_the_largest_gap_of_their_shares() -> None:
    then, now = {"a": 50.0, "b": 50.0}, {"a": 90.0, "c": 10.0}
    assert compare_categories(then, now, robust=False) == pytest.approx(0.5)
    assert compare_categories(then, now, robust=True) == pytest.approx(0.5 - 1.8 * math.sqrt(0.02))


def test_few_samples_are_not_far_apart() -> None:
    assert compare_categories({"a": 2.0}, {"b": 2.0}, robust=True) == 0


def test_chi_squared_is_that_of_scipy_where_no_category_is_rare() -> None:
    then, now = {"a": 600.0, "b": 300.0, "c": 100.0}, {"a": 50.0, "b": 30.0, "c": 20.0}
    expected = stats.chisquare([50, 30, 20], [60, 30, 10])
    assert chi_square(then, now) == pytest.approx((expected.statistic, expected.pvalue))


def test_rare_categories_are_tested_together() -> None:
    then, now = {"a": 800.0, "b": 180.0, "c": 10.0, "d": 10.0}, {"a": 80.0, "b": 18.0, "d": 2.0}
    expected = stats.chisquare([80, 20], [80, 20])
    assert chi_square(then, now) == pytest.approx((expected.statistic, expected.pvalue))


def test_one_category_cannot_be_tested() -> None:
    assert all(map(math.isnan, chi_square({"a": 5.0}, {"a": 3.0})))
