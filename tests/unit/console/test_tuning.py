"""What is said at the end of a tuned run."""

from __future__ import annotations

from typing import Any

import pytest

from console.executions import Fixed
from console.tuning import Untuned, _compare, is_comparable, shorten_value

DEFAULTS = {"DatasetVersion": "unversioned", "Epochs": "45", "ImageShape": "3,28,28", "Seed": "1"}
OWN = {"LearningRate": "0.05", "CommitId": "unknown"}


def fixed(*defaults: dict[str, str], **changed: str) -> Fixed:
    known = {name: value for given in (DEFAULTS, *defaults) for name, value in given.items()}
    definition: dict[str, Any] = {
        "Parameters": [{"Name": name, "DefaultValue": value} for name, value in known.items()]
    }
    return Fixed(definition, {**known, **changed})


TUNED = fixed({"MaxTrainingJobs": "12"}, DatasetVersion="abc")


def test_a_run_with_the_profile_s_values_on_the_same_images_can_be_compared() -> None:
    assert is_comparable(TUNED, fixed(OWN, DatasetVersion="abc", CommitId="123"))


@pytest.mark.parametrize(
    "changed",
    [
        {"DatasetVersion": "def"},
        {"DatasetVersion": "abc", "Seed": "2"},
        {"DatasetVersion": "abc", "Epochs": "9"},
        {"DatasetVersion": "abc", "LearningRate": "0.3"},
    ],
)
def test_other_images_another_split_or_values_of_one_s_own_cannot(changed: dict[str, str]) -> None:
    assert not is_comparable(TUNED, fixed(OWN, **changed))


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (Untuned("abc", 0.90), "It beats the profile's own values: 0.9000 in abc."),
        (Untuned("abc", 0.91), "It does not beat the profile's own values: 0.9100 in abc."),
        (Untuned("abc", 0.95), "It does not beat the profile's own values: 0.9500 in abc."),
        (None, "is not known"),
    ],
)
def test_the_verdict_says_plainly_whether_tuning_helped(profile: Untuned | None, words: str) -> None:
    assert words in _compare(0.91, profile)


def test_values_are_reported_with_the_digits_that_a_person_reads() -> None:
    assert [shorten_value(value) for value in ("0.18070755666793362", "35", "adam", "1.06e-05")] == [
        "0.1807",
        "35",
        "adam",
        "1.06e-05",
    ]
