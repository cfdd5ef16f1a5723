"""The monitoring pipeline's definition: AWS's request model, the container's environment, a recorded copy.

After a wanted change, record it again and read the difference:
`SCONES_WRITE_GOLDEN=1 python -m pytest tests/contract/test_monitoring_definition.py`.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from localaws.engine.definition import parse
from localaws.engine.references import Scope, resolve
from localaws.shapes import validate
from monitoring import scheduled
from pipelines.define import define_monitoring
from pipelines.settings import Settings

GOLDEN = Path(__file__).parent / "golden" / "scones-monitoring.json"
IMAGE = {"SCONES_IMAGE_URI": "000000000000.dkr.ecr.us-east-1.amazonaws.com/scones:0123456789abcdef"}
OFFLINE = Settings.from_environment(IMAGE)
GUARDED = Settings.from_environment(
    {
        **IMAGE,
        "AWS_REGION": "eu-west-1",
        "SCONES_KMS_KEY": "arn:aws:kms:eu-west-1:000000000000:key/1",
        "SCONES_SUBNETS": "subnet-1,subnet-2",
        "SCONES_SECURITY_GROUPS": "sg-1",
        "SCONES_TAGS": "team=bakery",
    }
)
BASELINE = "s3://scones-000000000000-us-east-1/monitoring/baseline/schema-2/v1"
STARTED = "2026-01-31T11:10:03Z"
Definition = dict[str, Any]


def build(settings: Settings = OFFLINE) -> Definition:
    parsed: Definition = json.loads(define_monitoring(settings))
    return parsed


@pytest.fixture(scope="module")
def definition() -> Definition:
    return build()


def request_of(definition: Definition, **given: Any) -> Definition:
    """What CreateProcessingJob is asked when the schedule has started an execution."""
    defaults = {item["Name"]: item["DefaultValue"] for item in definition["Parameters"] if "DefaultValue" in item}
    scope = Scope(
        parameters={**defaults, "BaselineUri": BASELINE, **given},
        execution={"StartDateTime": STARTED, "PipelineExecutionId": "abc"},
        outputs={},
        property_file=lambda *_: None,
        s3_json=lambda _: None,
    )
    (step,) = definition["Steps"]
    return {"ProcessingJobName": "job", **resolve(step["Arguments"], scope)}


def test_the_definition_is_the_recorded_one() -> None:
    text = define_monitoring(OFFLINE)
    if os.environ.get("SCONES_WRITE_GOLDEN"):
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()
    assert list(parse(text).steps) == ["CheckForDrift"]


@pytest.mark.parametrize("settings", [OFFLINE, GUARDED])
def test_the_step_is_a_job_that_aws_accepts_with_nothing_empty_in_its_environment(settings: Settings) -> None:
    request = request_of(build(settings))
    validate("CreateProcessingJob", request)
    assert all(request["Environment"].values())
    assert "ProcessingInputs" not in request  # an hour without captures would be an empty prefix, which fails a job


def test_the_container_understands_what_the_pipeline_tells_it(definition: Definition) -> None:
    request = request_of(definition, Hours=2)
    environment = request["Environment"]
    assert scheduled.is_meant(environment)
    options = scheduled.read(environment, Path("/opt/ml"))
    (output,) = request["ProcessingOutputConfig"]["Outputs"]
    assert str(options.output) == output["S3Output"]["LocalPath"]
    assert (options.endpoint, options.schedule) == ("scones-vehicles", "scones-vehicles-drift")
    assert options.baseline == BASELINE
    assert options.window is not None
    assert [hour.hour for hour in options.window.hours()] == [9, 10]
    read = set(re.findall(r'given(?:\.get\(|, |\[)"(\w+)"', Path(scheduled.__file__).read_text())) - {"output_path"}
    assert environment.keys() - {"AWS_DEFAULT_REGION"} == read


def test_both_ends_of_the_window_are_words_that_the_container_knows(definition: Definition) -> None:
    (parameter,) = (item for item in definition["Parameters"] if item["Name"] == "WindowEnd")
    assert parameter["EnumValues"] == [scheduled.LAST_FULL_HOUR, scheduled.NOW]


def test_nothing_is_cached_as_the_same_parameters_mean_other_captures_an_hour_later(definition: Definition) -> None:
    (step,) = definition["Steps"]
    assert "CacheConfig" not in step


def test_each_execution_writes_to_a_folder_of_its_own_below_the_endpoints_reports(definition: Definition) -> None:
    (output,) = request_of(definition)["ProcessingOutputConfig"]["Outputs"]
    place = "s3://scones-000000000000-us-east-1/monitoring/reports/scones-vehicles/abc"
    assert output["S3Output"]["S3Uri"] == place


def test_a_run_without_a_baseline_cannot_be_started(definition: Definition) -> None:
    assert [item["Name"] for item in definition["Parameters"] if "DefaultValue" not in item] == ["BaselineUri"]


def test_encryption_network_and_tags_reach_the_job() -> None:
    request = request_of(build(GUARDED))
    assert "VolumeKmsKeyId" not in request["ProcessingResources"]["ClusterConfig"], "refused for types with local disks"
    assert request["ProcessingOutputConfig"]["KmsKeyId"] == GUARDED.kms_key
    assert request["NetworkConfig"]["VpcConfig"] == {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}
    assert request["Tags"] == GUARDED.aws_tags
    assert request["Environment"]["AWS_DEFAULT_REGION"] == "eu-west-1"


def test_the_run_ends_before_the_next_one_begins(definition: Definition) -> None:
    assert request_of(definition)["StoppingCondition"]["MaxRuntimeInSeconds"] < 3600
