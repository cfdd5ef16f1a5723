"""The function as Lambda calls it, and its environment."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from start_training import handler as function
from start_training.settings import Settings

from common.environment import SettingsError
from tests.unit.lambdas.start_training.conftest import ENVIRONMENT, World, batch_event

CONTEXT: Any = SimpleNamespace(
    function_name="scones-start-training",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:scones-start-training",
    aws_request_id="1",
)


@pytest.fixture(autouse=True)
def _trainer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function, "trainer", lambda: world.trainer)


def test_a_person_s_call_starts_a_training_and_hears_its_arn(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    answer = function.handler({"reason": "a new camera"}, CONTEXT)
    assert answer["execution"] == world.pipelines.executions[0]["PipelineExecutionArn"]
    json.dumps(answer)
    assert '"DecidedStart":[1.0]' in capsys.readouterr().out


def test_a_foreign_event_is_ignored_before_anything_is_asked(world: World) -> None:
    world.put_batch()
    assert function.handler(batch_event() | {"account": "999999999999"}, CONTEXT)["action"] == "ignore"
    assert len(world.pipelines.executions) == 1


def test_settings_are_read_from_the_environment() -> None:
    settings = Settings.from_environment(ENVIRONMENT | {"COOLDOWN_HOURS": "0.5"})
    assert (settings.cooldown, settings.most_a_day) == (timedelta(minutes=30), 2)
    assert settings.account == "123456789012"


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_a_missing_variable_is_named(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment(ENVIRONMENT | {name: " "})


@pytest.mark.parametrize(
    ("name", "value"),
    [("COOLDOWN_HOURS", "-1"), ("COOLDOWN_HOURS", "soon"), ("MAX_RETRAININGS_PER_DAY", "101"), ("TOPIC_ARN", "people")],
)
def test_a_value_that_cannot_be_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=value):
        Settings.from_environment(ENVIRONMENT | {name: value})
