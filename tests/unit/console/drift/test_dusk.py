"""Images at dusk: what they show, how often they are answered correctly, and when drift may start a training."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import numpy as np
import pytest

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
    sent, held = ({dusk.draw_vehicle(seed, n).tobytes() for n in range(6)} for seed in (dusk.SENT, dusk.HELD_OUT))
    assert len(sent) == len(held) == 6
    assert not sent & held


@pytest.mark.parametrize(
    ("name", "ago", "allowed"),
    [("auto-drift-1", 23, False), ("auto-drift-1", 25, True), ("auto-batch-1", 1, True), ("execution-1", 1, True)],
)
def test_a_second_drift_within_the_cool_down_is_refused_before_anything_is_sent(
    aws: Aws, name: str, ago: int, *, allowed: bool
) -> None:
    stack = aws.answers["DescribeStacks"]({})["Stacks"][0]
    parameters = [{"ParameterKey": "CooldownHours", "ParameterValue": "24"}]
    aws.answers["DescribeStacks"] = lambda _: {"Stacks": [{**stack, "Parameters": parameters}]}
    summary = {
        "PipelineExecutionArn": f"{ARN}abc",
        "PipelineExecutionDisplayName": name,
        "PipelineExecutionStatus": "Succeeded",
        "StartTime": NOW - timedelta(hours=ago),
    }
    aws.answers["ListPipelineExecutions"] = lambda _: {"PipelineExecutionSummaries": [summary]}
    if allowed:
        dusk.check_cooldown(aws.source, NOW)
    else:
        with pytest.raises(CommandError, match=r"Drift started abc at .* once in 24 hours; .*CooldownHours=0"):
            dusk.check_cooldown(aws.source, NOW)
