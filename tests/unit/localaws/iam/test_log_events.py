"""Events of logs that the process of the local AWS writes itself: as over HTTP, and under the same policies."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from ministack import app
from ministack.services import cloudwatch_logs

from localaws.iam.authority import Authority
from localaws.ministack.log_events import LogEvents
from localaws.settings import Settings

if TYPE_CHECKING:
    from tests.unit.localaws.iam.conftest import Asked

EVENTS = [{"timestamp": 1, "message": "first"}, {"timestamp": 2, "message": "zweite, größer"}]


@pytest.fixture
def changed(served: threading.Event) -> Iterator[threading.Event]:
    """MiniStack with the stream `one` of `/jobs` beside a server's loop; answers what writes set."""
    cloudwatch_logs._create_log_group({"logGroupName": "/jobs"})
    cloudwatch_logs._create_log_stream({"logGroupName": "/jobs", "logStreamName": "one"})
    yield served
    cloudwatch_logs.reset()


def kept() -> list[str]:
    return [event["message"] for event in cloudwatch_logs._log_groups["/jobs"]["streams"]["one"]["events"]]


def test_events_are_kept_and_are_to_be_saved(settings: Settings, changed: threading.Event) -> None:
    LogEvents(None, "test", settings).put("/jobs", "one", EVENTS)
    assert kept() == ["first", "zweite, größer"]
    assert changed.is_set()


def test_a_stream_that_is_not_there_is_the_client_s_error(settings: Settings, changed: threading.Event) -> None:
    sentence = r"\(ResourceNotFoundException\) when calling the PutLogEvents operation: The specified log stream"
    with pytest.raises(ClientError, match=sentence):
        LogEvents(None, "test", settings).put("/jobs", "two", EVENTS)


@pytest.mark.parametrize("allowed", [True, False])
def test_a_role_writes_where_its_policy_allows_it(
    settings: Settings,
    changed: threading.Event,
    make_role: Callable[..., str],
    asked: Asked,
    monkeypatch: pytest.MonkeyPatch,
    allowed: bool,
) -> None:
    monkeypatch.setattr(app, "AUTH", True)
    role = make_role("writer", "sagemaker.amazonaws.com", "logs:PutLogEvents" if allowed else "s3:GetObject")
    events = LogEvents(None, Authority(settings).clients(role).credentials.key, settings)
    if allowed:
        events.put("/jobs", "one", EVENTS)
    else:
        with pytest.raises(ClientError) as failed:
            events.put("/jobs", "one", EVENTS)
        assert failed.value.response["Error"]["Code"] == "AccessDeniedException"
    assert [(who, action, found) for who, action, _, found in asked.noted] == [("writer", "logs:PutLogEvents", allowed)]
    assert bool(kept()) is allowed
