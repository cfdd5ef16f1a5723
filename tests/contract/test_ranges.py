"""Each number is refused before the start where the step that reads it would refuse it, and only there."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from common.jobs import Refusal
from evaluation import options as evaluation
from localaws.algorithms.image_classification.hyperparameters import LARGE_FAMILY, RULES, SMALL_FAMILY
from pipelines.hyperparameters import HYPERPARAMETERS, LAYERS
from pipelines.parameters import RANGES
from pipelines.search_space import INTEGER, LOGARITHMIC
from processing import options as processing

if TYPE_CHECKING:
    from collections.abc import Callable

SHARES = [-1.0, -0.001, 0.0, 0.001, 0.4, 0.499, 0.5, 0.501, 0.9, 1.0, 1.001, 2.0, 7.0, float("inf"), float("nan")]
WHOLE = [-1, 0, 1, 2, 7, 18, 20, 21, 32, 152, 300, 2**32 - 1, 2**32, 2**40]
BOUND = {name: entry for name, entry in HYPERPARAMETERS.items() if entry.range}


def takes(read: Callable[[], object]) -> bool:
    with suppress(ValueError, Refusal):
        read()
        return True
    return False


@pytest.mark.parametrize(
    ("parameter", "option"),
    [
        ("AccuracyThreshold", "--threshold"),
        ("PairedGateLevel", "--paired-gate-level"),
        ("TargetPrecision", "--target-precision"),
    ],
)
def test_evaluate_model_takes_the_same_numbers(parameter: str, option: str) -> None:
    for number in SHARES:
        taken = takes(evaluation.parse([f"{option}={number}"]).check)
        assert RANGES[parameter].holds(number) is taken, number


def test_prepare_data_takes_the_same_seeds() -> None:
    for number in WHOLE:
        assert RANGES["Seed"].holds(number) is takes(processing.parse([f"--seed={number}"]).check), number


@pytest.mark.parametrize("name", BOUND)
def test_the_algorithm_takes_the_same_numbers(name: str) -> None:
    entry = BOUND[name]
    for number in SHARES if entry.kind is float else WHOLE:
        taken = takes(lambda: RULES[name].read(str(number)))  # noqa: B023 - called at once
        assert RANGES[entry.parameter].holds(number) is taken, number


def test_every_number_that_the_algorithm_takes_has_its_range() -> None:
    numbers = {name for name, entry in HYPERPARAMETERS.items() if entry.kind is not str}
    assert numbers == BOUND.keys()
    assert sorted(LAYERS) == sorted((*LARGE_FAMILY, *SMALL_FAMILY))


@pytest.mark.parametrize("name", [*INTEGER, *LOGARITHMIC])
def test_a_search_stays_within_the_range(name: str) -> None:
    ends = {**INTEGER, **LOGARITHMIC}[name]
    assert all(RANGES[HYPERPARAMETERS[name].parameter].holds(end) for end in ends)
