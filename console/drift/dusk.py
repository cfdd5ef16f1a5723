"""Images of the sample's vehicles at dusk, and the retraining that their drift starts."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageEnhance

from console.dataset.drawing.image import draw_image
from console.dataset.layout import BICYCLE, MOTORCYCLE
from console.errors import CommandError
from console.executions import list_summaries
from console.target import Target

PREFIX = "incoming-inference/dusk"
IMAGES = 120
_SEED = 4_711
_BRIGHTNESS = 0.35
_WAIT_SECONDS = 120
_POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Retraining:
    """An execution and the reason in its description."""

    arn: str
    reason: str


def upload_images(target: Target, progress: Callable[[int, int], None]) -> str:
    """Draw images that no data set holds, darken them, and upload them; answers their prefix in the bucket."""
    s3 = target.client("s3")
    for number in range(IMAGES):
        fine = (BICYCLE, MOTORCYCLE)[number % 2]
        image = Image.fromarray(draw_image(fine, np.random.default_rng([_SEED, number])))
        s3.put_object(Bucket=target.project.bucket, Key=f"{PREFIX}/{number:03}.png", Body=_darken(image))
        progress(number + 1, IMAGES)
    return PREFIX


def newest_execution(target: Target) -> str | None:
    """The ARN of the pipeline's newest execution."""
    known = list_summaries(target.client("sagemaker"), target.project.pipeline_name)
    return known[0]["PipelineExecutionArn"] if known else None


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


def _darken(image: Image.Image) -> bytes:
    file = io.BytesIO()
    ImageEnhance.Brightness(image).enhance(_BRIGHTNESS).save(file, "PNG")
    return file.getvalue()
