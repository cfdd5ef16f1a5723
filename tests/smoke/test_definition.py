"""The pipeline's definition, as it would go to SageMaker with this commit."""

import json

import pytest

from pipelines.code import CodeLocations
from pipelines.define import define
from pipelines.profiles import PROFILES
from pipelines.settings import Settings

CODE = CodeLocations(processing="s3://bucket/processing.pyz", evaluation="s3://bucket/evaluation.pyz")


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_each_profile_makes_a_definition_with_steps_and_parameters(profile: str) -> None:
    definition = json.loads(define(Settings.from_environment({}), PROFILES[profile], CODE))
    names = [step["Name"] for step in definition["Steps"]]
    assert names[:1] == ["PrepareData"]
    assert "AccuracyGate" in names
    assert {"InputDataUri", "AccuracyThreshold", "Epochs"} <= {entry["Name"] for entry in definition["Parameters"]}
