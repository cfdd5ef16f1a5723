"""How ranges are written for AWS, searched, and handed to training jobs."""

from __future__ import annotations

import pytest

from localaws.tuning.definitions import Range, read


def test_a_reversed_logarithmic_range_is_searched_near_one() -> None:
    momentum = Range("momentum", "Continuous", 0.5, 0.999, "ReverseLogarithmic")
    assert momentum.distribution.low == pytest.approx(0.001)  # type: ignore[union-attr]
    assert float(momentum.text(0.01)) == pytest.approx(0.99)
    assert momentum.value("0.99") == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("low", "high", "scale", "logarithmic"),
    [
        (0.001, 1, "Auto", True),
        (0.5, 1, "Auto", False),
        (0, 1, "Auto", False),
        (0.5, 1, "Logarithmic", True),
        (0.001, 1, "Linear", False),
    ],
)
def test_the_scale_is_what_was_asked_and_auto_follows_the_width(
    low: float, high: float, scale: str, logarithmic: bool
) -> None:
    assert Range("rate", "Continuous", low, high, scale).distribution.log is logarithmic  # type: ignore[union-attr]


def test_whole_numbers_stay_whole() -> None:
    (batch,) = read({"IntegerParameterRanges": [{"Name": "mini_batch_size", "MinValue": "8", "MaxValue": "64"}]})
    assert batch.text(32) == "32"
    assert batch.value("32") == 32


def test_a_value_outside_its_range_has_no_place_in_the_search() -> None:
    (batch,) = read({"IntegerParameterRanges": [{"Name": "mini_batch_size", "MinValue": "8", "MaxValue": "64"}]})
    with pytest.raises(ValueError, match="128"):
        batch.value("128")
