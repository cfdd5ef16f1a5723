"""`scones bulk`: send every picture under an S3 prefix through the bulk workflow."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator
from typing import Any

from console.formats import duration
from console.output import say
from console.target import Target, choose

_NAMED = 20
_LOOK_SECONDS = 0.5


def add_arguments(parser: ArgumentParser) -> None:
    """A prefix in the project's bucket, or a whole s3:// address."""
    parser.add_argument("prefix", help="prefix in the project's bucket, or s3://bucket/prefix")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: Namespace) -> int:
    """Wait for the job, then print how many of what, how fast, and the bad pictures by name."""
    target = choose(options.target)
    summary = classify_prefix(target, *_place(options.prefix, target.project.bucket))
    if options.json:
        print(json.dumps(summary, indent=2))
    else:
        print_summary(summary)
    return 0


def classify_prefix(target: Target, bucket: str, prefix: str) -> dict[str, Any]:
    """Send every picture under a prefix through the workflow; answers what came of it and how fast."""
    from console import workflow
    from console.transfer import Bar

    started = time.monotonic()
    arn = workflow.start(target, "bulk-inference", {"bucket": bucket, "prefix": prefix})
    with Bar("Classify") as bar:
        answer = workflow.answer(target, arn, lambda: bar.update(*workflow.counts(target, arn)), _LOOK_SECONDS)
    items = list(read_results(target, answer["manifest_uri"]))
    seconds = time.monotonic() - started
    return {
        "pictures": len(items),
        "answers": dict(Counter(_outcome(item) for item in items)),
        "seconds": round(seconds, 1),
        "pictures_per_second": round(len(items) / seconds, 1),
        "bad": {item["image_uri"]: item.get("cause", item["error"]) for item in items if "error" in item},
        "manifest": answer["manifest_uri"],
    }


def read_results(target: Target, manifest_uri: str) -> Iterator[dict[str, Any]]:
    """Every picture's answer from the files that the job's manifest names."""
    s3 = target.client("s3")
    bucket, key = _place(manifest_uri, target.project.bucket)
    manifest = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    for file in manifest["ResultFiles"]["SUCCEEDED"]:
        body = s3.get_object(Bucket=manifest["DestinationBucket"], Key=file["Key"])["Body"]
        for line in body.iter_lines():
            yield json.loads(line)


def _place(address: str, bucket: str) -> tuple[str, str]:
    if not address.startswith("s3://"):
        return bucket, address
    own, _, key = address.removeprefix("s3://").partition("/")
    return own, key


def _outcome(item: dict[str, Any]) -> str:
    if "error" in item:
        return "bad"
    return "needs review" if item["status"] == "NEEDS_REVIEW" else str(item["label"])


def print_summary(summary: dict[str, Any]) -> None:
    """Say it to a person, the bad pictures by name."""
    counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(summary["answers"].items()))
    rate = summary["pictures_per_second"]
    say(f"{summary['pictures']} pictures in {duration(summary['seconds'])} ({rate} a second): {counts}")
    for uri, reason in list(summary["bad"].items())[:_NAMED]:
        say(f"  {uri}: {reason}")
    if len(summary["bad"]) > _NAMED:
        say(f"  and {len(summary['bad']) - _NAMED} more; all results: {summary['manifest']}")
