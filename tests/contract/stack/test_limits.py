"""The template's size against CloudFormation's limits, and the names that it makes against each service's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from seedcode.stack.template import LARGEST_BYTES, MOST, load
from tests.contract.stack.limits import find_long_names, find_too_many
from tests.contract.stack.resolve import Stack
from tests.contract.stack.variants import VARIANTS, stacks

LONGEST = {"SageMakerProjectName": "a" * 32, "SageMakerProjectId": "p-" + "1" * 18}
ENVIRONMENT_BYTES = 4_096


def test_the_template_keeps_below_cloudformations_limits() -> None:
    assert find_too_many(load()) == []
    assert load().size < LARGEST_BYTES / 2


@pytest.mark.parametrize("given", VARIANTS.values(), ids=VARIANTS)
def test_names_fit_their_services_under_the_longest_project_name_and_region(given: dict[str, str]) -> None:
    assert find_long_names(Stack(load(), {**given, **LONGEST}, region="ap-southeast-2")) == []
    plain = {**given, "SageMakerProjectName": "a" * 32, "SageMakerProjectId": ""}
    assert find_long_names(Stack(load(), plain, region="ap-southeast-2")) == []


def test_a_functions_environment_fits_into_lambda() -> None:
    for name, properties in Stack(load(), {**VARIANTS["project"], **LONGEST}).of_type("AWS::Lambda::Function").items():
        assert len(json.dumps(properties["Environment"]["Variables"])) < ENVIRONMENT_BYTES, name


def test_a_limit_is_known_for_every_section_that_has_one() -> None:
    assert MOST == {"Parameters": 200, "Resources": 500, "Outputs": 200, "Mappings": 200}


@pytest.mark.parametrize("stack", stacks().values(), ids=VARIANTS)
def test_the_dashboard_is_json_whose_widgets_lie_beside_each_other(stack: Stack) -> None:
    [dashboard] = stack.of_type("AWS::CloudWatch::Dashboard").values()
    widgets: list[dict[str, Any]] = json.loads(dashboard["DashboardBody"])["widgets"]
    taken = {
        (column, row)
        for one in widgets
        for column in range(one["x"], one["x"] + one["width"])
        for row in range(one["y"], one["y"] + one["height"])
    }
    assert len(taken) == sum(one["width"] * one["height"] for one in widgets)
    assert max(column for column, _ in taken) < 24
    assert all("metrics" in one["properties"] for one in widgets if one["type"] == "metric")


def test_the_dashboard_shows_only_metrics_that_something_emits() -> None:
    [dashboard] = stacks()["plain"].of_type("AWS::CloudWatch::Dashboard").values()
    rows = [
        row
        for one in json.loads(dashboard["DashboardBody"])["widgets"]
        for row in one["properties"].get("metrics", [])
        if isinstance(row[0], str) and row[0] not in (".", "...")
    ]
    assert {row[0] for row in rows} == {
        *("AWS/Sagemaker/ModelBuildingPipeline", "AWS/SageMaker", "AWS/States", "AWS/Lambda", "AWS/SQS", "AWS/S3"),
        *("Scones", "aws/sagemaker/Endpoints/data-metrics"),
    }
