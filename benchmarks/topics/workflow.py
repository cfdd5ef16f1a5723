"""What the workflow adds to an image's own time at the endpoint, and how many images a second go through in bulk."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from benchmarks.demonstrated import demonstrated, scones
from benchmarks.figures import Measured, Series
from console import workflow
from console.commands import dataset, inference
from console.dataset.sample import draw_examples
from console.target import Target
from seedcode.stack.refresh import refresh

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
        rounds = 1 if quick else 3
        rates = [_in_bulk(target, image, BULK[quick], f"review-{number}", reviewed=True) for number in range(rounds)]
        _let_all_pass(target)
        sure = [_in_bulk(target, image, BULK[quick], f"sure-{number}", reviewed=False) for number in range(rounds)]
    overhead = tuple(more - less for more, less in zip(whole, alone, strict=True))
    series = (
        Series("an image", OURS, "ms", whole),
        Series("an image", "endpoint alone", "ms", alone),
        Series("the workflow's own time", OURS, "ms", overhead),
        Series(f"bulk, {BULK[quick]} images", OURS, "images/s", tuple(rates)),
        Series(f"bulk, {BULK[quick]} images, none for review", OURS, "images/s", tuple(sure)),
    )
    notes = (
        "The workflow is a state machine of three functions; its time is from StartExecution until a client that polls "
        "every 5 ms has the answer. The endpoint is invoked with boto3 right after, with the same image.",
        "Bulk includes reading all results, and starting the functions that it needs beyond those of one image. The "
        "model is hardly trained, so that every image is copied for review; then the confidence threshold is 0, and "
        "the same images take the way of answers that a model is sure of.",
        "Of the 240 ms that the workflow itself took (2026-11-29, load 7), 150 were a wait of MiniStack's before the "
        "first state.",
        "An image for review makes three calls: GetObject, InvokeEndpoint, PutObject. What it takes of CPU was "
        "measured apart from the rates, with the present code and then the former (2026-11-29, 1,500 images, three "
        "times each, load 7 to 11, under which all is dearer; medians): 10.8 ms, of which 4.4 are the local AWS's, "
        "2.2, 1.2 and 1.6 those of the functions that serialize, classify and filter, and 1.2 the endpoint's; "
        "formerly 15.1, of which 7.1, 2.4, 1.4, 2.2 and 1.5. Nine tenths of a function's are boto3's. "
        "One part of the change, CloudWatch's state saved uncopied, was taken back since.",
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


def _let_all_pass(target: Target) -> None:
    """Publish the workflows with a threshold that every answer reaches."""
    with tempfile.TemporaryDirectory() as folder:
        scones("deploy", "--set", "ConfidenceThreshold=0", "--yes", log=Path(folder) / "deploy.log")
    refresh(target.client("lambda"), f"{target.project.project}-refresh-workflow")


def _in_bulk(target: Target, image: Path, images: int, name: str, *, reviewed: bool) -> float:
    s3, body, bucket = target.client("s3"), image.read_bytes(), target.project.bucket
    prefix = f"bulk/bench-{name}/input/"
    for each in range(images):
        s3.put_object(Bucket=bucket, Key=f"{prefix}{each:05d}.png", Body=body)
    summary = inference.classify_prefix(target, bucket, prefix)
    print(f"  bulk: {summary['pictures_per_second']} images/s, {summary['answers']}", file=sys.stderr, flush=True)
    if summary["pictures"] != images or (summary["answers"] == {"needs review": images}) != reviewed or summary["bad"]:
        raise SystemExit(f"Bulk classification answered {summary['answers']}; the figure would be worthless.")
    rate: float = summary["pictures"] / summary["seconds"]
    return rate
