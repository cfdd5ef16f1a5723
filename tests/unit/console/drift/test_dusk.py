"""Images at dusk: what they show, how often they are answered correctly, and when drift may start a training."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import numpy as np
import pytest

from common.drift_answer import DriftAnswer
from console.drift import dusk
from console.errors import CommandError
from tests.unit.console.page.aws import Aws

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ARN = "arn:aws:sagemaker:us-east-1:000000000000:pipeline/scones-training/execution/"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    with mock.patch.dict(os.environ):
        os.environ.pop("AWS_ENDPOINT_URL", None)
        yield Aws(monkeypatch)


def _item(number: int, label: str) -> dict[str, Any]:
    return {"image_uri": f"s3://b/incoming-inference/dusk/dusk-{number:03}.png", "label": label}


def test_the_accuracy_counts_every_answer_and_a_refused_image_as_wrong() -> None:
    items = [_item(0, "bicycle"), _item(1, "bicycle"), _item(2, "bicycle"), _item(3, "motorcycle")]
    assert dusk.measure_accuracy(items) == 0.75
    assert dusk.measure_accuracy([*items, {"image_uri": _item(4, "")["image_uri"], "error": "BadPicture"}]) == 0.6


def test_dusk_darkens_a_vehicle_and_leaves_its_shape() -> None:
    day = dusk.draw_vehicle(dusk.SENT, 3)
    night = dusk.darken(day)
    assert night.size == day.size
    assert np.asarray(night).mean() == pytest.approx(0.35 * np.asarray(day).mean(), rel=0.05)


def test_what_is_compared_is_not_what_was_labelled() -> None:
    held = {dusk.draw_vehicle(dusk.HELD_OUT, n).tobytes() for n in range(6)}
    evenings = [{dusk.draw_vehicle(dusk.get_seed(day), n).tobytes() for n in range(6)} for day in range(3)]
    assert len(set.union(held, *evenings)) == 24, "nor is it sent on two evenings"


@pytest.mark.parametrize(
    ("names", "ago", "allowed"),
    [
        (["auto-drift-1", "auto-batch-2"], 23, False),
        (["auto-drift-1", "auto-batch-2"], 25, True),
        (["auto-batch-1", "execution-1"], 1, True),
    ],
)
def test_more_trainings_than_the_day_allows_are_refused_before_anything_is_sent(
    aws: Aws, names: list[str], ago: int, *, allowed: bool
) -> None:
    stack = aws.answers["DescribeStacks"]({})["Stacks"][0]
    parameters = [{"ParameterKey": "MaxRetrainingsPerDay", "ParameterValue": "2"}]
    aws.answers["DescribeStacks"] = lambda _: {"Stacks": [{**stack, "Parameters": parameters}]}
    summaries = [
        {
            "PipelineExecutionArn": f"{ARN}{name}",
            "PipelineExecutionDisplayName": name,
            "PipelineExecutionStatus": "Succeeded",
            "StartTime": NOW - timedelta(hours=ago),
        }
        for name in names
    ]
    aws.answers["ListPipelineExecutions"] = lambda _: {"PipelineExecutionSummaries": summaries}
    if allowed:
        dusk.check_limit(aws.source, NOW)
    else:
        with pytest.raises(CommandError, match=r"2 trainings .* 2 are allowed; .*MaxRetrainingsPerDay=4"):
            dusk.check_limit(aws.source, NOW)


def test_an_answer_from_before_is_not_taken_for_the_alarm_s(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (DriftAnswer((NOW + timedelta(seconds=shift)).isoformat(), "why") for shift in (-5, 5))
    answers = iter([None, old, new])
    monkeypatch.setattr(dusk, "fetch_answer", lambda *_: next(answers))
    monkeypatch.setattr(dusk.time, "sleep", lambda _: None)
    assert dusk.await_answer(aws.source, NOW) == new
