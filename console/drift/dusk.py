"""Vehicles that no data set holds, by day and at dusk, and what the alarm answers to their drift."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance

from common.drift_answer import DriftAnswer, fetch_answer
from common.labels import LABELS
from console.dataset.drawing.image import draw_image
from console.dataset.layout import BICYCLE, MOTORCYCLE
from console.errors import CommandError
from console.executions import identifier, list_summaries
from console.target import Target
from pipelines.stack import stack_name

PREFIX = "incoming-inference/dusk"
IMAGES = 240
SENT, HELD_OUT = 4_711, 4_712
"""Random seeds: of the vehicles that are sent first, and of others, of which nobody ever labels one."""
_FINE = dict(zip(LABELS, (BICYCLE, MOTORCYCLE), strict=True))
_BRIGHTNESS = 0.35
_AUTOMATIC = "auto-"
"""Begins the names of the executions that the function start_training starts without a person's word."""
_DAY = timedelta(hours=24)
_UNLIMITED = 24
"""As many as the stack's parameter takes."""
_WAIT_SECONDS = 120
_POLL_SECONDS = 0.5


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
    """Draw images that no data set holds, darken them, and upload them; answers their prefix in the bucket.

    Each call draws others: what was labelled once is curated, and would teach the next training nothing.
    """
    s3, bucket = target.client("s3"), target.project.bucket
    evening = len(s3.list_objects_v2(Bucket=bucket, Prefix=f"{PREFIX}/", Delimiter="/").get("CommonPrefixes", []))
    prefix, seed = f"{PREFIX}/{evening + 1:03}", get_seed(evening)
    for number in range(IMAGES):
        file = io.BytesIO()
        darken(draw_vehicle(seed, number)).save(file, "PNG")
        s3.put_object(Bucket=bucket, Key=f"{prefix}/dusk-{number:03}.png", Body=file.getvalue())
        progress(number + 1, IMAGES)
    return prefix


def get_seed(evening: int) -> int:
    """The random seed of the vehicles of an evening, counted from 0; none is that of the held-out ones."""
    return SENT if evening == 0 else HELD_OUT + evening


def find_truth(item: Mapping[str, Any]) -> str:
    """What an image that was sent shows, by the number in its name."""
    return get_label(int(PurePosixPath(item["image_uri"]).stem.rpartition("-")[2]))


def measure_accuracy(items: Iterable[Mapping[str, Any]]) -> float:
    """The share of the workflow's answers, sure or not, that are correct."""
    correct = [item.get("label") == find_truth(item) for item in items]
    return sum(correct) / len(correct)


def check_limit(target: Target, now: datetime) -> None:
    """Raise CommandError where a day has had as many automatic trainings as the stack allows."""
    name = stack_name(os.environ)
    stack = target.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    parameters = {item["ParameterKey"]: item["ParameterValue"] for item in stack.get("Parameters", [])}
    most = int(parameters.get("MaxRetrainingsPerDay", _UNLIMITED))
    summaries = list_summaries(target.client("sagemaker"), target.project.pipeline_name)
    started = [
        identifier(item["PipelineExecutionArn"])
        for item in summaries
        if item.get("PipelineExecutionDisplayName", "").startswith(_AUTOMATIC) and item["StartTime"] > now - _DAY
    ]
    if len(started) >= most:
        raise CommandError(
            f"{len(started)} trainings started by themselves within 24 hours ({', '.join(started)}), and {most} are "
            f"allowed; `scones deploy --set MaxRetrainingsPerDay={min(len(started) + 2, _UNLIMITED)}` allows more now."
        )


def await_answer(target: Target, since: datetime) -> DriftAnswer:
    """Wait for what the drift alarm leads to; raises CommandError where it does not ring."""
    s3, deadline = target.client("s3"), time.monotonic() + _WAIT_SECONDS
    # The function's clock is this machine's, and it writes whole seconds.
    while (found := fetch_answer(s3, target.project.bucket)) is None or _is_older(found, since):
        if time.monotonic() > deadline:
            name = target.project.project
            raise CommandError(
                f"The drift alarm led to nothing within {_WAIT_SECONDS} s; see the alarm {name}-vehicles-drift and the "
                f"log of {name}-start-training."
            )
        time.sleep(_POLL_SECONDS)
    return found


def _is_older(answer: DriftAnswer, since: datetime) -> bool:
    return datetime.fromisoformat(answer.at) < since.replace(microsecond=0)
