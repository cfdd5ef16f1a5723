"""Which profile a definition was made of, and what is said of it beside the live version's."""

from __future__ import annotations

from typing import Any

from common.training_profile import describe_profile, find_profile

NAMED = {"CustomerMetadataProperties": {"profile": "compact", "dataset_version": {"Get": "Parameters.DatasetVersion"}}}
REGISTER = {"Name": "Register", "Type": "RegisterModel", "Arguments": NAMED}
DEFINITION = {
    "Steps": [
        {"Name": "Train", "Type": "Training", "Arguments": {"CustomerMetadataProperties": "no mapping"}},
        {"Name": "Gate", "Type": "Condition", "Arguments": {"IfSteps": [], "ElseSteps": [REGISTER]}},
    ]
}


def live(**properties: str) -> dict[str, Any]:
    return {"ModelPackageVersion": 3, "CustomerMetadataProperties": properties}


def test_the_profile_is_found_in_whichever_branch_registers_the_version() -> None:
    assert find_profile(DEFINITION) == "compact"


def test_a_definition_without_a_profile_has_none_and_nothing_is_said() -> None:
    definition = {"Steps": [{"Name": "CheckForDrift", "Type": "Processing", "Arguments": {}}]}
    assert find_profile(definition) is None
    assert describe_profile(definition, live(profile="quick")) == ""


def test_another_profile_than_the_live_versions_is_said_with_the_way_to_that_one() -> None:
    said = describe_profile(DEFINITION, live(profile="quick"))
    assert "updated the pipeline last: compact. The live version 3 was trained by quick" in said
    assert "`scones run --profile quick` trains on the same images" in said


def test_the_live_versions_own_profile_is_said_to_be_it() -> None:
    assert describe_profile(DEFINITION, live(profile="compact")).endswith("the live version 3 was trained as well.")


def test_without_a_live_version_or_its_profile_the_pipelines_alone_is_said() -> None:
    for version in (None, live(), {"ModelPackageVersion": 3}):
        assert describe_profile(DEFINITION, version).endswith("updated the pipeline last: compact.")
