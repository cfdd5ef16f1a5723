"""Vehicles that no data set holds, by day and at dusk, and the retraining that their drift starts."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance

from common.labels import LABELS
from console.dataset.drawing.image import draw_image
from console.dataset.layout import BICYCLE, MOTORCYCLE
from console.errors import CommandError
from console.executions import identifier, list_summaries
from console.formats import moment
from console.target import Target
from pipelines.stack import stack_name

PREFIX = "incoming-inference/dusk"
IMAGES = 240
SENT, HELD_OUT = 4_711, 4_712
"""Random seeds: of the vehicles that are sent, and of others, of which nobody ever labels one."""
_FINE = dict(zip(LABELS, (BICYCLE, MOTORCYCLE), strict=True))
_BRIGHTNESS = 0.35
_BY_DRIFT = "auto-drift-"
"""Begins the names of the executions that the function start_training starts for drift."""
_WAIT_SECONDS = 120
_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Retraining:
    """An execution and the reason in its description."""

    arn: str
    reason: str


def get_label(number: int) -> str:
    """What the image of this number shows."""
    return LABELS[number % len(LABELS)]


def draw_vehicle(seed: int, number: int) -> Image.Image:
    """One vehicle by day; every number has a random stream of its own."""
    return Image.fromarray(draw_image(_FINE[get_label(number)], np.random.default_rng([seed, number])))


def darken(image: Image.Image) -> Image.Image:
    """The same at dusk."""
    return ImageEnhance.Brightness(image).enhance(_BRIGHTNESS)


def upload_images(target: Target, progress: Callable[[int, int], None]) -> str:
    """Draw images that no data set holds, darken them, and upload them; answers their prefix in the bucket."""
    s3 = target.client("s3")
    for number in range(IMAGES):
        file = io.BytesIO()
        darken(draw_vehicle(SENT, number)).save(file, "PNG")
        s3.put_object(Bucket=target.project.bucket, Key=f"{PREFIX}/dusk-{number:03}.png", Body=file.getvalue())
        progress(number + 1, IMAGES)
    return PREFIX


def find_truth(item: Mapping[str, Any]) -> str:
    """What an image that was sent shows, by the number in its name."""
    return get_label(int(PurePosixPath(item["image_uri"]).stem.rpartition("-")[2]))


def measure_accuracy(items: Iterable[Mapping[str, Any]]) -> float:
    """The share of the workflow's answers, sure or not, that are correct."""
    correct = [item.get("label") == find_truth(item) for item in items]
    return sum(correct) / len(correct)


def newest_execution(target: Target) -> str | None:
    """The ARN of the pipeline's newest execution."""
    known = list_summaries(target.client("sagemaker"), target.project.pipeline_name)
    return known[0]["PipelineExecutionArn"] if known else None


def check_cooldown(target: Target, now: datetime) -> None:
    """Raise CommandError where drift has started a training already, within the stack's cool-down."""
    name = stack_name(os.environ)
    stack = target.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    parameters = {item["ParameterKey"]: item["ParameterValue"] for item in stack.get("Parameters", [])}
    hours = float(parameters.get("CooldownHours", 0))
    for item in list_summaries(target.client("sagemaker"), target.project.pipeline_name):
        begun = item.get("PipelineExecutionDisplayName", "").startswith(_BY_DRIFT)
        if begun and item["StartTime"] > now - timedelta(hours=hours):
            raise CommandError(
                f"Drift started {identifier(item['PipelineExecutionArn'])} at {moment(item['StartTime'])}, and that "
                f"is allowed once in {hours:g} hours; `scones deploy --set CooldownHours=0` lets it start another now."
            )


def await_retraining(target: Target, before: str | None) -> Retraining:
    """Wait for an execution newer than `before`; raises CommandError where the alarm starts none."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while (arn := newest_execution(target)) in (before, None):
        if time.monotonic() > deadline:
            name = target.project.project
            raise CommandError(
                f"No retraining began within {_WAIT_SECONDS} s; see the alarm {name}-vehicles-drift and the log of "
                f"{name}-start-training: within the cool-down it starts none."
            )
        time.sleep(_POLL_SECONDS)
    described = target.client("sagemaker").describe_pipeline_execution(PipelineExecutionArn=arn)
    return Retraining(str(arn), described.get("PipelineExecutionDescription", "it gave no reason"))
