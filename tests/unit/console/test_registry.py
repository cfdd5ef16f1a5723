"""Decisions about versions are kept with them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest

from console import registry
from tests.unit.console.page.aws import Aws

ARN = "arn:aws:sagemaker:us-east-1:000000000000:model-package/scones-vehicles/3"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with mock.patch.dict(os.environ):
        os.environ.pop("AWS_ENDPOINT_URL", None)
        yield Aws(monkeypatch)


def _version(aws: Aws, metadata: dict[str, str]) -> list[dict[str, Any]]:
    """A registry with version 3; answers the list of updates that it receives."""
    now, updates = datetime.now(UTC), []
    summary = {"ModelPackageVersion": 3, "ModelPackageArn": ARN, "CreationTime": now, "ModelPackageStatus": "Completed"}
    aws.answers |= {
        "ListModelPackages": lambda _: {"ModelPackageSummaryList": [summary]},
        "DescribeModelPackage": lambda _: {
            **summary,
            "ModelPackageName": "scones-vehicles",
            "ModelPackageStatusDetails": {"ValidationStatuses": []},
            "CustomerMetadataProperties": metadata,
        },
        "UpdateModelPackage": lambda asked: updates.append(asked) or {"ModelPackageArn": ARN},  # type: ignore[func-returns-value]
    }
    return updates


def test_a_decision_is_recorded_with_its_time_and_only_what_aws_takes(aws: Aws) -> None:
    updates = _version(aws, {"accuracy": "0.9"})
    registry.set_approval(aws.source, 3, "Approved", "fine, <b>ship</b> it")
    assert updates[0]["ApprovalDescription"] == "fine, <b>ship</b> it"
    [(at, words)] = registry.parse_decisions({"CustomerMetadataProperties": updates[0]["CustomerMetadataProperties"]})
    assert abs((datetime.now(UTC) - at).total_seconds()) < 60
    assert words.startswith("Approved by ")
    assert words.endswith(": fine- -b-ship-/b- it")
    [(_, words)] = registry.parse_decisions(updates[0])
    assert words.endswith(": fine, <b>ship</b> it"), "the newest comment is told as it was written"


def test_the_oldest_decisions_make_room(aws: Aws) -> None:
    moments = [f"decision 2026-01-{day:02}T00:00:00.000000Z" for day in range(1, 22)]
    updates = _version(aws, dict.fromkeys(moments, "Approved by ada"))
    registry.set_approval(aws.source, 3, "Rejected", None)
    assert updates[0]["CustomerMetadataPropertiesToRemove"] == moments[:2]
    assert "ApprovalDescription" not in updates[0]
