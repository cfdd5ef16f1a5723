"""Upsert: create once, update what differs, leave the rest alone."""

import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pipelines.settings import Settings
from pipelines.upsert import upsert_pipeline

TAGGED = Settings.from_environment({"SCONES_ACCOUNT_ID": "123456789012", "SCONES_TAGS": "team=bakery"})


class FakeSageMaker:
    """The few calls that upsert makes, with AWS's error codes, and a list of those that changed something."""

    def __init__(self, pipeline: dict[str, str] | None = None, *, group: bool = False, overtaken: bool = False) -> None:
        self.pipeline = pipeline
        self.group = group
        self.overtaken = overtaken
        self.tags: list[dict[str, str]] = []
        self.changes: list[tuple[str, dict[str, Any]]] = []

    def describe_pipeline(self, PipelineName: str) -> dict[str, str]:
        if self.pipeline is None:
            raise _error("ResourceNotFound", f"Pipeline {PipelineName} does not exist.")
        return self.pipeline

    def describe_model_package_group(self, ModelPackageGroupName: str) -> dict[str, str]:
        if not self.group:
            raise _error("ValidationException", f"ModelPackageGroup {ModelPackageGroupName} does not exist.")
        return {"ModelPackageGroupName": ModelPackageGroupName}

    def create_model_package_group(self, **request: object) -> None:
        if self.overtaken:
            raise _error("ValidationException", "Model Package Group already exists.")
        self.changes.append(("create_model_package_group", request))

    def create_pipeline(self, **request: object) -> dict[str, str]:
        if self.overtaken:
            raise _error("ValidationException", "Pipeline names must be unique: it already exists.")
        self.changes.append(("create_pipeline", request))
        return {"PipelineArn": "arn:pipeline"}

    def update_pipeline(self, **request: object) -> dict[str, str]:
        self.changes.append(("update_pipeline", request))
        return {"PipelineArn": "arn:pipeline"}

    def list_tags(self, **_: object) -> dict[str, Any]:
        return {"Tags": self.tags}

    def add_tags(self, **request: object) -> None:
        self.changes.append(("add_tags", request))

    def names(self) -> list[str]:
        return [name for name, _ in self.changes]


def _error(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")


def _existing(definition: str, role: str = TAGGED.role_arn) -> dict[str, str]:
    return {"PipelineArn": "arn:pipeline", "PipelineDefinition": definition, "RoleArn": role}


def test_a_missing_pipeline_is_created_with_tags_and_its_group() -> None:
    client = FakeSageMaker()

    assert upsert_pipeline(client, TAGGED, "{}") == "arn:pipeline"

    assert client.names() == ["create_model_package_group", "create_pipeline"]
    assert all(request["Tags"] == [{"Key": "team", "Value": "bakery"}] for _, request in client.changes)


def test_an_unchanged_definition_is_not_sent_again_however_it_is_spaced() -> None:
    client = FakeSageMaker(_existing('{"Version":"1"}'))
    client.tags = TAGGED.aws_tags

    assert upsert_pipeline(client, TAGGED, json.dumps({"Version": "1"}, indent=2)) == "arn:pipeline"

    assert "update_pipeline" not in client.names()
    assert "add_tags" not in client.names()


@pytest.mark.parametrize(
    "existing", [_existing('{"Version":"0"}'), _existing('{"Version":"1"}', "arn:aws:iam::1:role/old")]
)
def test_another_definition_or_role_is_an_update(existing: dict[str, str]) -> None:
    client = FakeSageMaker(existing)
    client.tags = TAGGED.aws_tags

    upsert_pipeline(client, TAGGED, '{"Version":"1"}')

    assert client.names()[-1] == "update_pipeline"
    assert client.changes[-1][1]["RoleArn"] == TAGGED.role_arn


def test_only_tags_that_differ_are_set() -> None:
    client = FakeSageMaker(_existing("{}"))
    client.tags = [{"Key": "team", "Value": "kitchen"}, {"Key": "other", "Value": "kept"}]

    upsert_pipeline(client, TAGGED, "{}")

    assert client.changes[-1] == (
        "add_tags",
        {"ResourceArn": "arn:pipeline", "Tags": [{"Key": "team", "Value": "bakery"}]},
    )


def test_a_group_that_exists_is_not_created_again() -> None:
    client = FakeSageMaker(group=True)

    upsert_pipeline(client, TAGGED, "{}")

    assert client.names() == ["create_pipeline"]


def test_without_tags_none_are_asked_for() -> None:
    client = FakeSageMaker(_existing("{}"), group=True)
    client.tags = [{"Key": "other", "Value": "kept"}]

    upsert_pipeline(client, replace(TAGGED, tags={}), "{}")

    assert client.changes == []


def test_what_another_start_created_meanwhile_is_taken_as_it_is_and_updated() -> None:
    client = FakeSageMaker(overtaken=True)

    assert upsert_pipeline(client, TAGGED, "{}") == "arn:pipeline"

    assert client.names() == ["update_pipeline", "add_tags"]


@pytest.mark.parametrize(
    "call",
    ["describe_pipeline", "create_pipeline", "create_model_package_group", "describe_model_package_group"],
)
def test_any_other_refusal_is_passed_on(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = FakeSageMaker()

    def refuse(**_: object) -> None:
        raise _error("AccessDenied", "no")

    monkeypatch.setattr(client, call, refuse)

    with pytest.raises(ClientError, match="AccessDenied"):
        upsert_pipeline(client, TAGGED, "{}")
