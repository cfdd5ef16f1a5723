"""What the workflow adds to an image's own time at the endpoint, and how many images a second go through in bulk."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks.demonstrated import demonstrated
from benchmarks.figures import Measured, Series
from console import workflow
from console.commands import dataset, inference
from console.dataset.sample import draw_examples
from console.target import Target

OURS = "workflow"
ASKED = {True: 10, False: 60}
BULK = {True: 1500, False: 3000}
SHORT = ("--set", "Epochs=2", "--set", "LearningRateScheduleSteps=1", "--set", "AccuracyThreshold=0.0")


def measure(quick: bool) -> Measured:
    """On the stack of a short demo: incorrect answers take as long."""
    with demonstrated(*SHORT) as found:
        target = found.target
        image = draw_examples(dataset.folder(target))[0]
        whole, alone = _one_by_one(target, image, ASKED[quick])
        rates = [_in_bulk(target, image, BULK[quick], number) for number in range(1 if quick else 3)]
    overhead = tuple(more - less for more, less in zip(whole, alone, strict=True))
    series = (
        Series("an image", OURS, "ms", whole),
        Series("an image", "endpoint alone", "ms", alone),
        Series("the workflow's own time", OURS, "ms", overhead),
        Series(f"bulk, {BULK[quick]} images", OURS, "images/s", tuple(rates)),
    )
    notes = (
        "The workflow is a state machine of three functions; its time is from StartExecution until a client that polls "
        "every 5 ms has the answer. The endpoint is invoked with boto3 right after, with the same image.",
        "Bulk includes reading all results. The model is hardly trained, so that images are copied for review as well.",
        "Of the 240 ms that the workflow itself took (2026-11-29, load 7), 150 were a wait of MiniStack's before the "
        "first state. Of bulk's 15 ms of CPU an image, 6 were the local AWS's answers and 8 the functions' boto3, six "
        "calls an image; four are left since a batch's serialized images lie in one object, and 10 ms.",
    )
    return Measured("workflow", OURS, series, notes)


def _one_by_one(target: Target, image: Path, times: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    s3, runtime = target.client("s3"), target.client("sagemaker-runtime")
    body, bucket = image.read_bytes(), target.project.bucket
    s3.put_object(Bucket=bucket, Key="bench/image.png", Body=body)
    request = {"image_uri": f"s3://{bucket}/bench/image.png"}
    whole, alone = [], []
    for number in range(times + 2):
        began = time.perf_counter()
        arn = workflow.start(target, "inference", request)
        workflow.await_answer(target, arn, poll_seconds=0.005)
        middle = time.perf_counter()
        runtime.invoke_endpoint(EndpointName=f"{target.project.project}-vehicles", ContentType="image/png", Body=body)[
            "Body"
        ].read()
        if number >= 2:  # the first ones find cold functions
            whole.append((middle - began) * 1000)
            alone.append((time.perf_counter() - middle) * 1000)
    return tuple(whole), tuple(alone)


def _in_bulk(target: Target, image: Path, images: int, number: int) -> float:
    s3, body, bucket = target.client("s3"), image.read_bytes(), target.project.bucket
    prefix = f"bulk/bench-{number}/input/"
    for each in range(images):
        s3.put_object(Bucket=bucket, Key=f"{prefix}{each:05d}.png", Body=body)
    summary = inference.classify_prefix(target, bucket, prefix)
    print(f"  bulk: {summary['pictures_per_second']} images/s, {summary['answers']}", file=sys.stderr, flush=True)
    if summary["bad"] or summary["pictures"] != images:
        raise SystemExit(f"Bulk classification answered {summary['answers']}; the figure would be worthless.")
    rate: float = summary["pictures"] / summary["seconds"]
    return rate
