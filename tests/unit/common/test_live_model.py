"""Which version is live, and where its artifact lies."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from common.live_model import approved_key, find_live_model
from pipelines import run
from pipelines.settings import Settings

GROUP = "scones-vehicles"
BUCKET = "scones-000000000000-us-east-1"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROJECT = Settings.from_environment({})
NOTHING: list[tuple[str, str, int | None]] = []


class Registry:
    """Versions as (approval, status, hours since the last change or None), each created an hour after the last.

    It is the S3 as well, where the approved copies of `copied` lie.
    """

    def __init__(
        self,
        versions: list[tuple[str, str, int | None]],
        refusal: str | None = None,
        copied: frozenset[int] = frozenset(),
    ) -> None:
        self.copied = copied
        self.versions = [self._version(number, *each) for number, each in enumerate(versions, start=1)]
        self.refusal = refusal

    def _version(self, number: int, approval: str, status: str, changed: int | None) -> dict[str, Any]:
        times = {} if changed is None else {"LastModifiedTime": NOON - timedelta(hours=changed)}
        return {
            "ModelPackageArn": f"arn:{number}",
            "ModelPackageVersion": number,
            "ModelPackageStatus": status,
            "ModelApprovalStatus": approval,
            "CreationTime": NOON - timedelta(hours=100 - number),
            "InferenceSpecification": {"Containers": [{"ModelDataUrl": f"s3://b/{number}/model.tar.gz"}]},
            **times,
        }

    def get_paginator(self, name: str) -> Any:
        return self if name == "list_model_packages" else SimpleNamespace(paginate=self.list_pages)

    def list_objects_v2(self, Bucket: str, Prefix: str, **_: int) -> dict[str, Any]:
        keys = {approved_key(version) for version in self.versions if version["ModelPackageVersion"] in self.copied}
        listed = [{"Key": key, "ETag": '"1"', "LastModified": NOON} for key in keys if key.startswith(Prefix)]
        assert Bucket == BUCKET
        return {"Contents": listed, "KeyCount": len(listed)}

    def list_pages(self, **request: str) -> list[dict[str, Any]]:
        return [self.list_objects_v2(**request)]

    def paginate(self, ModelApprovalStatus: str, **_: str) -> list[dict[str, Any]]:
        if self.refusal:
            raise ClientError(
                {"Error": {"Code": self.refusal, "Message": "ModelPackageGroup g does not exist."}}, "ListModelPackages"
            )
        chosen = [each for each in self.versions if each["ModelApprovalStatus"] == ModelApprovalStatus]
        return [{"ModelPackageSummaryList": [each]} for each in chosen]

    def describe_model_package(self, ModelPackageName: str) -> dict[str, Any]:
        return next(each for each in self.versions if each["ModelPackageArn"] == ModelPackageName)


@pytest.mark.parametrize(
    ("versions", "live"),
    [
        (NOTHING, ""),
        ([("PendingManualApproval", "Completed", 1)], ""),
        ([("Approved", "Completed", 9), ("Approved", "Completed", 5)], "s3://b/2/model.tar.gz"),
        ([("Approved", "Completed", 1), ("Approved", "Completed", 5)], "s3://b/1/model.tar.gz"),
        ([("Approved", "Completed", None), ("Approved", "Completed", None)], "s3://b/2/model.tar.gz"),
        ([("Approved", "Completed", 3), ("Approved", "Completed", 3)], "s3://b/2/model.tar.gz"),
        ([("Approved", "Completed", 9), ("Rejected", "Completed", 1)], "s3://b/1/model.tar.gz"),
        ([("Approved", "Completed", 9), ("Approved", "InProgress", 1)], "s3://b/1/model.tar.gz"),
    ],
)
def test_the_version_that_was_approved_last_is_live(versions: list[tuple[str, str, int | None]], live: str) -> None:
    assert _find(Registry(versions)) == live


def test_the_copy_that_deploy_model_made_of_it_goes_before_what_was_registered() -> None:
    registry = Registry([("Approved", "Completed", 9), ("Approved", "Completed", 5)], copied=frozenset({1, 2}))
    assert _find(registry) == f"s3://{BUCKET}/approved/v2-20260225T100000Z/model.tar.gz"


def _find(registry: Registry) -> str:
    return find_live_model(registry, registry, BUCKET, GROUP)


@pytest.mark.parametrize("code", ["ValidationException", "ResourceNotFound"])
def test_a_group_that_is_not_there_has_no_live_version(code: str) -> None:
    registry = Registry(NOTHING, code)
    assert _find(registry) == ""


def test_what_aws_forbids_is_no_answer() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        _find(Registry(NOTHING, "AccessDeniedException"))


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        ({}, {"LiveModelUri": "s3://b/1/model.tar.gz"}),
        ({"LiveModelUri": "s3://other/model.tar.gz"}, {"LiveModelUri": "s3://other/model.tar.gz"}),
        ({"LiveModelUri": ""}, {}),
    ],
)
def test_a_person_may_name_another_model_or_none(given: dict[str, str], sent: dict[str, str]) -> None:
    registry = Registry([("Approved", "Completed", 1)])
    assert run.choose_live_model(registry, registry, PROJECT, {"Seed": "1", **given}) == {"Seed": "1", **sent}
