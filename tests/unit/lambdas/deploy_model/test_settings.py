"""The environment is read whole, and a value that AWS would refuse is refused in one sentence."""

from collections.abc import Callable

import pytest
from deploy_model.settings import Settings

from common.environment import SettingsError


def test_the_environment_becomes_settings(environment: dict[str, str]) -> None:
    settings = Settings.from_environment(environment | {"KMS_KEY_ARN": "arn:aws:kms:us-east-1:1:key/k"})
    assert settings.account == "123456789012"
    assert settings.alarm_names == ("scones-5xx", "scones-latency")
    assert settings.kms_key_arn == "arn:aws:kms:us-east-1:1:key/k"


def test_alarms_and_key_may_be_empty(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(ALARM_NAMES=" , ", KMS_KEY_ARN="")
    assert settings.alarm_names == ()
    assert settings.kms_key_arn is None


@pytest.mark.parametrize("name", ["MODEL_PACKAGE_GROUP", "ENDPOINT_ROLE_ARN", "BAKE_SECONDS", "CAPTURE_URI"])
def test_a_missing_variable_is_named(name: str, environment: dict[str, str]) -> None:
    del environment[name]
    with pytest.raises(SettingsError, match=f"The variable {name} is not set"):
        Settings.from_environment(environment)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"INSTANCE_COUNT": "two"}, "INSTANCE_COUNT is 'two'; it must be a whole number from 1"),
        ({"BAKE_SECONDS": "3601"}, "BAKE_SECONDS is '3601'; it must be a whole number from 0 to 3600"),
        ({"TRAFFIC_ROUTING": "ROLLING"}, "must be one of ALL_AT_ONCE, CANARY, LINEAR"),
        ({"TRAFFIC_ROUTING": "CANARY"}, "takes two instances"),
        ({"TRAFFIC_ROUTING": "CANARY", "INSTANCE_COUNT": "2", "STEP_PERCENT": "51"}, "from 1 to 50"),
        ({"TRAFFIC_ROUTING": "LINEAR", "INSTANCE_COUNT": "2", "STEP_PERCENT": "9"}, "from 10 to 50"),
        ({"ENDPOINT_NAME": "e" * 48}, "at most 47 characters"),
        ({"ALARM_NAMES": ",".join("abcdefghijk")}, "AWS watches at most 10 alarms"),
        ({"ENDPOINT_ROLE_ARN": "scones"}, "must be a role's ARN"),
    ],
)
def test_what_aws_would_refuse_is_refused(
    changes: dict[str, str], words: str, make_settings: Callable[..., Settings]
) -> None:
    with pytest.raises(SettingsError, match=words):
        make_settings(**changes)
