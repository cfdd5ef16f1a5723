"""Waiting for a version: what is a deployment of it, and what is not."""

from __future__ import annotations

from typing import Any

import pytest

from console import endpoint
from console.endpoint import Endpoint, wait_for
from console.errors import CommandError


def _seen(status: str, version: str, pending: str | None = None) -> Endpoint:
    summary = {"PendingDeploymentSummary": {"EndpointConfigName": pending}} if pending else {}
    return Endpoint(status, version, {"EndpointConfigName": f"config-{version}", **summary})


@pytest.fixture
def moments(monkeypatch: pytest.MonkeyPatch) -> list[Endpoint]:
    """What each look at the endpoint finds, one after the other."""
    found: list[Endpoint] = []
    monkeypatch.setattr(endpoint, "read", lambda _: found.pop(0))
    monkeypatch.setattr(endpoint, "_POLL_SECONDS", 0.0)
    return found


def _wait() -> Endpoint:
    target: Any = None
    return wait_for(target, 2, lambda _: None)


def test_an_update_by_autoscaling_is_not_taken_for_the_deployment(moments: list[Endpoint]) -> None:
    moments += [_seen("Updating", "1"), _seen("InService", "1"), _seen("Updating", "1", "config-2")]
    moments += [_seen("InService", "2")]
    assert _wait().version == "2"


def test_a_deployment_that_was_rolled_back_is_told_at_once(moments: list[Endpoint]) -> None:
    moments += [_seen("InService", "1"), _seen("Updating", "1", "config-2"), _seen("RollingBack", "1", "config-2")]
    moments += [_seen("InService", "1")]
    with pytest.raises(CommandError, match="InService with version 1, not 2"):
        _wait()
