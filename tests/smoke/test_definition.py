"""The pipeline's definition, as it would go to SageMaker with this commit."""

import json
from typing import Any

import pytest

from pipelines.code import PACKAGES, build_archives, locate_code
from pipelines.define import define
from pipelines.profiles import DEFAULT_PROFILE, PROFILES
from pipelines.settings import Settings

SETTINGS = Settings.from_environment({"SCONES_IMAGE_URI": "registry/scones:1"})


@pytest.fixture(scope="module")
def definitions() -> dict[str, dict[str, Any]]:
    """Every profile's definition."""
    code = locate_code(SETTINGS, build_archives())
    return {name: json.loads(define(SETTINGS, profile, code)) for name, profile in PROFILES.items()}


def _defaults(definition: dict[str, Any]) -> dict[str, Any]:
    return {entry["Name"]: entry.get("DefaultValue") for entry in definition["Parameters"]}


def test_each_profile_prepares_trains_evaluates_and_asks_the_gate(definitions: dict[str, dict[str, Any]]) -> None:
    for definition in definitions.values():
        names = [step["Name"] for step in definition["Steps"]]
        assert {"PrepareData", "EvaluateModel", "AccuracyGate"} <= set(names)
        assert {"TrainModel", "TuneModel"} & set(names)


def test_a_model_waits_for_a_person_and_for_an_accuracy_above_chance(definitions: dict[str, dict[str, Any]]) -> None:
    for definition in definitions.values():
        defaults = _defaults(definition)
        assert defaults["ModelApprovalStatus"] == "PendingManualApproval"
        assert 0.5 < float(defaults["AccuracyThreshold"]) <= 1


def test_a_run_trains_for_at_least_one_epoch(definitions: dict[str, dict[str, Any]]) -> None:
    assert int(_defaults(definitions[DEFAULT_PROFILE])["Epochs"]) >= 1


def test_the_steps_code_has_the_same_name_however_often_it_is_packed() -> None:
    first, second = ([(archive.package, archive.key) for archive in build_archives()] for _ in range(2))
    assert first == second
    assert [room for room, _ in first] == list(PACKAGES)
