"""A version's names and requests follow from its content."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from deploy_model.release import plan_release
from deploy_model.settings import Settings
from deploy_model.versions import Version

VERSION = Version(7, "arn:aws:sagemaker:us-east-1:1:model-package/g/7", datetime(2026, 1, 1, tzinfo=UTC), "run", "c0de")
KEY = "arn:aws:kms:us-east-1:1:key/k"
Make = Callable[..., Settings]


def test_model_and_configuration_share_a_name_of_version_and_digest(make_settings: Make) -> None:
    release = plan_release(VERSION, make_settings())
    assert release.name.startswith("scones-vehicles-v7-")
    assert len(release.name) == len("scones-vehicles-v7-") + 8
    assert release.model["ModelName"] == release.configuration["EndpointConfigName"] == release.name
    assert release.configuration["ProductionVariants"][0]["ModelName"] == release.name


def test_the_longest_endpoint_name_still_fits(make_settings: Make) -> None:
    release = plan_release(replace(VERSION, number=99999), make_settings(ENDPOINT_NAME="e" * 47))
    assert len(release.name) <= 63


def test_the_same_content_has_the_same_name_whenever_it_is_approved(make_settings: Make) -> None:
    again = replace(VERSION, changed=VERSION.changed + timedelta(days=1))
    first, second = plan_release(VERSION, make_settings()), plan_release(again, make_settings())
    assert first.name == second.name
    assert first.attempt != second.attempt


def test_an_approval_is_reported_alike_in_every_time_zone(make_settings: Make) -> None:
    elsewhere = replace(VERSION, changed=VERSION.changed.astimezone(timezone(timedelta(hours=5))))
    assert plan_release(elsewhere, make_settings()).attempt == plan_release(VERSION, make_settings()).attempt


@pytest.mark.parametrize(
    "changes",
    [{"INSTANCE_TYPE": "ml.c5.large"}, {"CAPTURE_URI": "s3://b/other/"}, {"KMS_KEY_ARN": KEY}, {"INSTANCE_COUNT": "2"}],
)
def test_other_settings_have_another_name(changes: dict[str, str], make_settings: Make) -> None:
    assert plan_release(VERSION, make_settings(**changes)).name != plan_release(VERSION, make_settings()).name


def test_how_traffic_moves_does_not_change_what_serves(make_settings: Make) -> None:
    slower = make_settings(BAKE_SECONDS="600", ALARM_NAMES="")
    assert plan_release(VERSION, slower).name == plan_release(VERSION, make_settings()).name


def test_everything_is_captured_and_json_stays_json(make_settings: Make) -> None:
    capture = plan_release(VERSION, make_settings()).configuration["DataCaptureConfig"]
    assert capture["InitialSamplingPercentage"] == 100
    assert [option["CaptureMode"] for option in capture["CaptureOptions"]] == ["Input", "Output"]
    assert capture["CaptureContentTypeHeader"] == {"JsonContentTypes": ["application/json"]}


def test_model_and_configuration_say_where_they_come_from(make_settings: Make) -> None:
    release = plan_release(VERSION, make_settings())
    tags = {tag["Key"]: tag["Value"] for tag in release.configuration["Tags"]}
    assert tags == {"scones:version": "7", "scones:execution": "run", "scones:commit": "c0de"}
    assert release.model["Tags"] == release.configuration["Tags"]


@pytest.mark.parametrize(
    ("instance_type", "encrypted"),
    [("ml.m5.xlarge", True), ("ml.t2.medium", True), ("ml.g4dn.xlarge", False), ("ml.m5d.large", False)],
)
def test_a_key_is_given_for_volumes_that_take_one(instance_type: str, encrypted: bool, make_settings: Make) -> None:
    configuration = plan_release(VERSION, make_settings(INSTANCE_TYPE=instance_type, KMS_KEY_ARN=KEY)).configuration
    assert ("KmsKeyId" in configuration) is encrypted
    assert configuration["DataCaptureConfig"]["KmsKeyId"] == KEY
