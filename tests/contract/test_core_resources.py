"""The resource classes of sagemaker-core, which the SDK 3 is made of, and its trainer: they judge each answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.site import NAMES, Site
from tests.environments import SDK3, needs_sdk3

pytestmark = needs_sdk3

PROGRAM = Path(__file__).with_name("core_resources.py")
VALUES = {
    "execution": ["Failed", "Failed", "Step failure: One or multiple steps failed. Stop: as planned"],
    "registered": "Approved",
    "pipelines": sorted([*NAMES, "core"]),
    "groups": sorted(NAMES),
    "models": sorted(NAMES),
    "configs": sorted(NAMES),
    "trained": ["Training-Completed"],
    "created": "core",
    "waited": None,
    "described": "Completed",
    "processed": ["Completed", ""],
    "deleted": None,
    "left": ["one", "two"],
}
ERRORS = {
    "again": ("ResourceInUse", "a training job with this name already exists"),
    "absent": ("ClientError", "Requested resource not found."),
}


@pytest.fixture(scope="module")
def found(site: Site) -> dict[str, Any]:
    """What each check found, in one process."""
    checked: dict[str, Any] = site.run(SDK3, PROGRAM, site.image)
    return checked


@pytest.mark.parametrize("name", VALUES)
def test_a_resource_is_made_listed_refreshed_waited_for_and_deleted(found: dict[str, Any], name: str) -> None:
    assert found[name] == VALUES[name]


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_the_one_that_the_sdk_knows(found: dict[str, Any], name: str) -> None:
    error, words = ERRORS[name]
    assert found[name]["error"] == error
    assert words in found[name]["words"]


def test_a_wait_for_a_job_that_fails_raises_with_its_reason(found: dict[str, Any]) -> None:
    status, words = found["broken"]
    assert status == "Failed"
    assert "exit code: 3" in words


def test_a_pipeline_has_the_definition_that_it_was_updated_to(found: dict[str, Any]) -> None:
    assert json.loads(found["pipeline"])["Parameters"][0]["Name"] == "A"


def test_the_trainer_runs_a_folder_of_the_users_own(found: dict[str, Any]) -> None:
    status, artifact = found["trainer"]
    assert status == "Completed"
    assert artifact.endswith("/output/model.tar.gz")
