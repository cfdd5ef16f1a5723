"""Turns by weight."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from localaws.serving.router import Rotation


@pytest.mark.parametrize("weights", [{"a": 9.0, "b": 1.0}, {"a": 0.5, "b": 0.3, "c": 0.2}, {"a": 1.0}])
def test_over_many_turns_each_candidate_has_exactly_its_share(weights: dict[str, float]) -> None:
    rotation = Rotation()
    turns = Counter(rotation.next(weights.items()) for _ in range(1000))
    total = sum(weights.values())
    assert turns == {name: pytest.approx(1000 * weight / total, abs=1) for name, weight in weights.items()}


def test_turns_are_spread_evenly() -> None:
    rotation = Rotation()
    turns = [rotation.next([("often", 3.0), ("seldom", 1.0)]) for _ in range(12)]
    places = [place for place, name in enumerate(turns) if name == "seldom"]
    assert [later - earlier for earlier, later in pairwise(places)] == [4, 4]


def test_without_a_weight_nobody_has_a_turn() -> None:
    assert Rotation().next([("idle", 0.0)]) is None
