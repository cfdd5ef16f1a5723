"""Waiting for a version: what is a deployment of it, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from console import endpoint, registry
from console.endpoint import Endpoint, wait_for
from console.errors import CommandError


def _seen(status: str, version: str, pending: str | None = None) -> Endpoint:
    summary = {"PendingDeploymentSummary": {"EndpointConfigName": pending}} if pending else {}
    return Endpoint(status, version, {"EndpointConfigName": f"config-{version}", **summary})


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> list[Endpoint]:
    """What each look at the endpoint finds, one after the other."""
    found: list[Endpoint] = []
    monkeypatch.setattr(endpoint, "fetch", lambda _: found.pop(0))
    monkeypatch.setattr(endpoint, "_POLL_SECONDS", 0.0)
    monkeypatch.setattr(endpoint, "find_attempt", lambda *_: None)
    return found


def _wait() -> Endpoint:
    target: Any = None
    return wait_for(target, 2, lambda _: None)


def test_an_update_by_autoscaling_is_not_taken_for_the_deployment(moments: list[Endpoint]) -> None:
    moments += [_seen("Updating", "1"), _seen("InService", "1"), _seen("Updating", "1", "config-2")]
    moments += [_seen("InService", "2")]
    assert _wait().version == "2"


def test_a_deployment_that_was_rolled_back_is_reported_at_once(moments: list[Endpoint]) -> None:
    moments += [_seen("InService", "1"), _seen("Updating", "1", "config-2"), _seen("RollingBack", "1", "config-2")]
    moments += [_seen("InService", "1")]
    with pytest.raises(CommandError, match="InService with version 1, not 2"):
        _wait()


def test_a_deployment_that_failed_between_two_polls_is_reported(
    moments: list[Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    moments += [_seen("InService", "1"), _seen("InService", "1"), _seen("InService", "1")]
    attempts: list[str | None] = [None, ""]
    monkeypatch.setattr(endpoint, "find_attempt", lambda *_: attempts.pop(0))
    with pytest.raises(CommandError, match="InService with version 1, not 2"):
        _wait()


def test_what_was_seen_before_the_deployment_began_is_not_its_end(
    moments: list[Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    moments += [_seen("InService", "1"), _seen("Updating", "1", "config-2"), _seen("InService", "2")]
    monkeypatch.setattr(endpoint, "find_attempt", lambda *_: "")
    assert _wait().version == "2"


APPROVED = datetime(2026, 11, 28, 10, 0, 0, 123_000, tzinfo=UTC)
ATTEMPT = "scones-vehicles-v2-0123abcd@2026-11-28T10:00:00.123+00:00"


class _Account:
    """A target whose endpoint has tags, and whose registry has version 2."""

    def __init__(self, **tags: str) -> None:
        self.tags = [{"Key": f"scones:{name}", "Value": value} for name, value in tags.items()]
        self.project = SimpleNamespace(project="scones", model_package_group="scones-vehicles")

    def client(self, _service: str) -> Any:
        return self

    def list_tags(self, **_: str) -> Any:
        return {"Tags": self.tags}

    def get_paginator(self, _name: str) -> Any:
        summary = {"ModelPackageVersion": 2, "ModelPackageArn": "arn"}
        return SimpleNamespace(paginate=lambda **_: [{"ModelPackageSummaryList": [summary]}])

    def describe_model_package(self, **_: str) -> Any:
        return {"LastModifiedTime": APPROVED, "CreationTime": APPROVED}


def test_a_refusal_of_this_approval_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    resting = Endpoint("InService", "1", {"EndpointArn": "arn", "EndpointConfigName": "config-1"})
    monkeypatch.setattr(endpoint, "fetch", lambda _: resting)
    account: Any = _Account(attempt=ATTEMPT, refused="Version 2 is refused: its artifact is another")
    with pytest.raises(CommandError, match=r"^Version 2 is refused: its artifact is another\. The endpoint keeps "):
        wait_for(account, 2, lambda _: None)


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"attempt": ATTEMPT.replace("10:00", "09:59"), "refused": "an earlier approval"},
        {"attempt": ATTEMPT.replace("-v2-", "-v22-"), "refused": "another version"},
    ],
)
def test_an_earlier_approval_s_refusal_and_another_version_s_are_none_of_this_one(tags: dict[str, str]) -> None:
    account: Any = _Account(**tags)
    assert endpoint.find_attempt(account, Endpoint("InService", "1", {"EndpointArn": "arn"}), 2) is None


def test_a_deployment_that_was_begun_is_told_from_a_refusal() -> None:
    account: Any = _Account(attempt=ATTEMPT, refused="")
    assert endpoint.find_attempt(account, Endpoint("InService", "1", {"EndpointArn": "arn"}), 2) == ""


def test_a_version_is_named_by_its_number_as_the_latest_or_as_the_live_one(monkeypatch: pytest.MonkeyPatch) -> None:
    target: Any = None
    monkeypatch.setattr(registry, "list_summaries", lambda _: [{"ModelPackageVersion": 7}, {"ModelPackageVersion": 6}])
    monkeypatch.setattr(endpoint, "fetch", lambda _: Endpoint("InService", "6", {}))
    assert [endpoint.get_number(target, given) for given in ("3", "latest", "live")] == [3, 7, 6]
    with pytest.raises(CommandError, match="'newest'; give a number as `scones models` shows it, latest, or live"):
        endpoint.get_number(target, "newest")


def test_before_there_is_any_version_neither_word_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    target: Any = None
    monkeypatch.setattr(registry, "list_summaries", lambda _: [])
    monkeypatch.setattr(endpoint, "fetch", lambda _: None)
    with pytest.raises(CommandError, match="No version is registered yet"):
        endpoint.get_number(target, "latest")
    with pytest.raises(CommandError, match="No version is live yet"):
        endpoint.get_number(target, "live")
