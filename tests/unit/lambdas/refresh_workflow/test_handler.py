"""The function as Lambda calls it."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from refresh_workflow import aws, handler, refresh

CONTEXT = SimpleNamespace(
    function_name="scones-refresh-workflow",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:scones-refresh-workflow",
    aws_request_id="1",
)


@pytest.fixture(autouse=True)
def variables(world: Any, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(aws, "clients", world.clients)
    monkeypatch.setattr(refresh.refresh, "__defaults__", (world.folder,))
    handler.settings.cache_clear()


def test_a_direct_call_refreshes_and_tells_what_it_changed(world: Any, capsys: pytest.CaptureFixture[str]) -> None:
    answer = handler.handler({}, CONTEXT)
    assert (answer["model_version"], answer["published"]) == ("1", ["inference", "bulk"])
    json.dumps(answer)
    assert '"VersionsPublished":[2' in capsys.readouterr().out.replace(" ", "")
    assert handler.handler({}, CONTEXT)["published"] == []


def test_an_event_that_is_not_ours_is_ignored_before_anything_is_asked(world: Any) -> None:
    assert "account is 999999999999" in handler.handler({"account": "999999999999"}, CONTEXT)["ignored"]
    assert world.calls == []
