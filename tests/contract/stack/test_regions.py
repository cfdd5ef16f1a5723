"""Where the project is offered: the SDK's table of the algorithm's images, for the template and the pipeline."""

from __future__ import annotations

import json
from importlib import import_module
from importlib.resources import files

import pytest

from pipelines.code import CodeLocations
from pipelines.define import define
from pipelines.profiles import DEFAULT_PROFILE, find_profile
from pipelines.settings import Settings
from seedcode.stack.template import load
from tests.contract.stack.policies import as_list
from tests.contract.stack.resolve import Stack

OFFERED: dict[str, dict[str, str]] = load().document["Mappings"]["ImageClassification"]
CODE = CodeLocations(processing="s3://b/code/0/processing.pyz", evaluation="s3://b/code/0/evaluation.pyz")


def _table() -> dict[str, str]:
    text = files("sagemaker").joinpath("image_uri_config", "image-classification.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)["versions"]["1"]["registries"]
    return found


def test_the_template_is_offered_wherever_the_sdk_knows_the_algorithm_but_in_secret_regions() -> None:
    assert {region: entry["Account"] for region, entry in OFFERED.items()} == {
        region: account for region, account in _table().items() if not region.startswith("us-iso")
    }


def test_the_pipeline_takes_the_image_that_the_table_names_in_every_region() -> None:
    retrieve = import_module("sagemaker.image_uris").retrieve

    assert {region: retrieve("image-classification", region) for region in OFFERED} == {
        region: _image(region) for region in OFFERED
    }


@pytest.mark.parametrize("region", ["eu-west-1", "cn-north-1"])
def test_the_definition_names_the_image_of_its_region(region: str) -> None:
    definition = define(
        Settings.from_environment({"AWS_REGION": region, "SCONES_IMAGE_URI": "registry/scones:1"}),
        find_profile(DEFAULT_PROFILE),
        CODE,
    )

    assert definition.count(_image(region)) == 3  # for training, for the version that serves, and for its model card


def _image(region: str) -> str:
    domain = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return f"{OFFERED[region]['Account']}.dkr.ecr.{region}.{domain}/image-classification:1"


@pytest.mark.parametrize("region", OFFERED)
def test_jobs_may_pull_the_algorithm_of_their_region(region: str) -> None:
    role = Stack(load(), {}, region=region).of_type("AWS::IAM::Role")["TrainingRole"]
    [statement] = [one for one in role["Policies"][0]["PolicyDocument"]["Statement"] if one["Sid"] == "PullImages"]
    named = [arn.split(":")[3:] for arn in as_list(statement["Resource"])]

    assert [region, _table()[region], "repository/image-classification"] in named
