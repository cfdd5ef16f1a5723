"""The form of a new run: its fields, what is wrong with a value, and the start that follows."""

from __future__ import annotations

import pytest

from console.page.new_run.form import choose_values, list_assignments, list_fields, write_command
from pipelines.parameters import OWN
from pipelines.profiles import PROFILES, find_profile
from pipelines.settings import Settings

SETTINGS = Settings.from_environment({"SCONES_ACCOUNT_ID": "000000000000", "AWS_REGION": "us-east-1"})
FIELDS = list_fields(SETTINGS, find_profile("quick"), tuned=False)
NAMED = {field.name: field for field in FIELDS}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_form_has_a_field_for_all_that_a_person_chooses_and_every_default_is_taken(profile: str) -> None:
    fields = list_fields(SETTINGS, find_profile(profile), tuned=False)
    names = {field.name for field in fields}
    chosen = {entry.name for entry in OWN} - {"CommitId", "StartedBy", "DatasetVersion", "LiveModelUri"}
    assert chosen <= names
    assert [field.find_error(field.default) for field in fields] == [None] * len(fields)


def test_a_search_has_its_own_fields_in_place_of_what_it_searches() -> None:
    names = {field.name for field in list_fields(SETTINGS, find_profile("quick"), tuned=True)}
    assert "MaxTrainingJobs" in names
    assert "LearningRate" not in names


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("Epochs", "0", "Epochs is '0'; it must be a whole number of at least 1."),
        ("Epochs", "many", "Epochs is 'many'; it must be a whole number of at least 1."),
        ("AccuracyThreshold", "1.5", "AccuracyThreshold is '1.5'; it must be a number from 0 to 1."),
        ("Optimizer", "luck", "Optimizer is 'luck'; it must be one of sgd, adam, rmsprop, nag."),
        ("Epochs", "", None),
        ("Epochs", "3", None),
    ],
)
def test_what_is_wrong_with_a_value_is_said_before_the_start(name: str, value: str, sentence: str | None) -> None:
    assert NAMED[name].find_error(value) == sentence


def test_only_what_is_not_the_default_is_set() -> None:
    default = NAMED["Epochs"].default
    values = {"Epochs": default, "Seed": "7", "StartReason": "more light", "Momentum": ""}
    assignments = list_assignments(values, FIELDS)
    assert assignments == ["Seed=7", "StartReason=more light"]
    assert write_command("quick", assignments, "live", tuned=True) == (
        "scones run --profile quick --set Seed=7 --set 'StartReason=more light' --from-version live --tune"
    )


def test_of_a_past_run_what_the_start_fills_in_and_what_is_hidden_is_left_out() -> None:
    given = {"Epochs": "6", "StartReason": "(hidden)", "LiveModelUri": "s3://b/m", "Gone": "1"}
    assert choose_values(given, FIELDS) == {"Epochs": "6"}
