"""The statistics of the benchmarks."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import results
from benchmarks.alternation import alternate
from benchmarks.figures import Measured, Series, percentile, ratio, slope


def seconds(*values: float, x: float | None = None, who: str = "ours") -> Series:
    return Series("work", who, "s", values, x)


def test_a_ratio_of_seconds_says_how_many_times_quicker_ours_is() -> None:
    assert ratio(seconds(1, 2), seconds(4, 8)) == 4


def test_a_ratio_of_a_rate_says_how_many_times_more_ours_does() -> None:
    ours, theirs = (Series("rate", who, "images/s", (value,)) for who, value in (("ours", 80), ("theirs", 100)))
    assert ratio(ours, theirs) == 0.8


def test_noise_that_meets_a_whole_round_does_not_move_the_ratio() -> None:
    assert ratio(seconds(1, 10, 3), seconds(2, 20, 6)) == 2


def test_unequal_numbers_of_rounds_are_compared_by_their_medians() -> None:
    assert ratio(seconds(1, 2, 3), seconds(8)) == 4


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_a_percentile_is_one_of_the_values(share: float, expected: float) -> None:
    assert percentile(list(range(100, 0, -1)), share) == expected


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        percentile([], 0.5)


def test_a_slope_leaves_the_start_out_round_by_round() -> None:
    assert slope(seconds(15, 25, x=5), seconds(105, 205, x=50)) == (2, 4)


def test_a_slope_needs_a_smaller_and_a_larger_size() -> None:
    with pytest.raises(ValueError, match="smaller and larger"):
        slope(seconds(1, x=5), seconds(1, x=5))


def test_candidates_take_turns_and_none_is_always_first() -> None:
    asked: list[str] = []

    def candidate(name: str, value: float) -> float:
        asked.append(name)
        return value

    found = alternate({"a": lambda: candidate("a", 1), "b": lambda: candidate("b", 2)}, 3)
    assert asked == ["a", "b", "b", "a", "a", "b"]
    assert found == {"a": (1, 1, 1), "b": (2, 2, 2)}


def test_results_come_back_from_disk_as_they_were(tmp_path: Path) -> None:
    measured = Measured("topic", "ours", (seconds(1, 2, x=5), seconds(3)), ("A note.",), {"load": "1"})
    results.write(measured, tmp_path)
    assert results.read("topic", tmp_path) == measured
    assert results.read("another", tmp_path) is None
