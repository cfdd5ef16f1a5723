"""The environment is read whole, and a value that cannot be is refused in one sentence."""

import pytest
from refresh_workflow.settings import Settings

from common.environment import SettingsError


def test_the_environment_becomes_settings(environment: dict[str, str]) -> None:
    settings = Settings.from_environment(environment)
    assert settings.account == "123456789012"
    assert (settings.confidence_threshold, settings.keep_versions) == (0.8, 2)


@pytest.mark.parametrize("name", ["ENDPOINT_NAME", "BULK_STATE_MACHINE_ARN", "KEEP_VERSIONS", "BUCKET"])
def test_a_missing_variable_is_named(name: str, environment: dict[str, str]) -> None:
    del environment[name]
    with pytest.raises(SettingsError, match=f"The variable {name} is not set"):
        Settings.from_environment(environment)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"CONFIDENCE_THRESHOLD": "93"}, "CONFIDENCE_THRESHOLD is '93'; it must be a number from 0 to 1"),
        ({"CONFIDENCE_THRESHOLD": "nan"}, "must be a number from 0 to 1"),
        ({"KEEP_VERSIONS": "0"}, "from 1 to 1,000"),
        ({"MAX_INSTANCES": "many"}, "MAX_INSTANCES is 'many'"),
        ({"MIN_INSTANCES": "5"}, "MIN_INSTANCES is 5 and MAX_INSTANCES 4"),
        ({"FILTER_FUNCTION_ARN": "scones-filter-confidence"}, "it must be an ARN"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, str], words: str, environment: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=words):
        Settings.from_environment(environment | changes)
