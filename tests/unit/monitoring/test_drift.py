"""The tests behind a drift: what chance gives is not claimed, what matters is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from monitoring.accuracy import Measure, Share
from monitoring.drift import Comparison, drifted, stability
from monitoring.mmd import _discrepancies, _kernel, _test


def compared(name: str, p_value: float, index: float = 1.0, now: int = 200) -> Comparison:
    return Comparison(name, 200, now, 0.5, p_value, index, 0.1)


def test_holm_asks_less_of_each_further_feature() -> None:
    given = [compared("a", 0.004), compared("b", 0.006), compared("c", 0.02)]
    assert drifted(given, alpha=0.0125) == {"a", "b"}
    assert drifted(given, alpha=0.0119) == set()


def test_a_difference_that_does_not_matter_is_no_drift() -> None:
    assert drifted([compared("a", 1e-9, index=0.05), compared("b", 1e-9, index=0.2)]) == {"b"}
    assert drifted([compared("a", 1e-9, index=0.0999), compared("b", 1e-9, index=0.1)]) == {"b"}, "at the threshold"


def test_too_few_values_neither_drift_nor_count_for_the_correction() -> None:
    few = [compared(f"few{number}", 1e-9, now=29) for number in range(10)]
    assert drifted([*few, compared("a", 0.009)], alpha=0.01) == {"a"}


def test_the_index_of_equal_distributions_is_zero_on_average() -> None:
    random = np.random.default_rng(1)
    drawn = [stability(*random.multinomial(200, [0.1] * 10, 2).astype(float)) for _ in range(500)]
    assert np.mean(drawn) == pytest.approx(0, abs=0.01)


def test_the_index_of_a_large_sample_is_the_textbook_s() -> None:
    then, now = np.array([0.5, 0.5]), np.array([0.7, 0.3])
    expected = float(((now - then) * np.log(now / then)).sum())
    assert stability(then * 1e6, now * 1e6) == pytest.approx(expected, abs=1e-4)


def test_the_discrepancy_is_the_mean_of_kernels_within_less_across() -> None:
    rows = np.random.default_rng(2).normal(size=(7, 3))
    kernel, first = _kernel(rows), 3
    sides = np.array([1.0, 1, 1, 0, 0, 0, 0])[:, None]
    within = kernel[:3, :3].sum() / 6 + kernel[3:, 3:].sum() / 12
    assert _discrepancies(kernel, sides, first)[0] == pytest.approx(within - 2 * kernel[:3, 3:].mean())


def test_permutations_tell_apart_what_differs_and_only_that() -> None:
    random = np.random.default_rng(3)
    same, other = random.normal(size=(120, 5)), random.normal(0.6, 1, size=(60, 5))
    assert _test(_kernel(same), 60)[1] > 0.01
    assert _test(_kernel(np.vstack([same[:60], other])), 60)[1] < 0.002


def test_wilson_s_interval_is_scipy_s() -> None:
    expected = stats.binomtest(45, 50).proportion_ci(method="wilson")
    assert Share(45, 50).interval == pytest.approx((expected.low, expected.high), abs=1e-4)


@pytest.mark.parametrize(
    ("now", "fallen"),
    [(Share(60, 100), True), (Share(88, 100), False), (Share(15, 29), False), (Share(99, 100), False)],
)
def test_accuracy_has_fallen_only_clearly_and_with_labels_enough(now: Share, fallen: bool) -> None:
    assert Measure("accuracy", Share(180, 200), now).fallen is fallen
