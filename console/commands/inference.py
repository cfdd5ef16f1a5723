"""`scones endpoint`, `classify` and `bulk`: the endpoint, and images through the inference workflows."""

from __future__ import annotations

import hashlib
import json
import time
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common.s3 import parse_s3_address
from console.commands import Command, add_json
from console.errors import CommandError
from console.formats import duration, moment
from console.output import print_json, say
from console.target import Target, choose

LARGEST = 16 * 1024 * 1024
_NAMED = 20
_POLL_SECONDS = 0.5


def print_endpoint(options: Namespace) -> int:
    """Print the endpoint's state; exit with 1 where there is none."""
    from console import endpoint

    target = choose(options.target)
    found = endpoint.fetch(target)
    if found is None:
        say("{}" if options.json else "Nothing is deployed yet; approve a version with `scones approve VERSION`.")
        return 1
    pending = found.described.get("PendingDeploymentSummary", {})
    facts = {
        "endpoint": endpoint.name(target),
        "status": found.status,
        "version": found.number,
        "configuration": found.described.get("EndpointConfigName"),
        "changed": found.described["LastModifiedTime"],
        "last_failure": found.reason,
        "variants": [_variant(variant) for variant in found.described.get("ProductionVariants", [])],
        "pending": [_variant(variant) for variant in pending.get("ProductionVariants", [])],
        "alarms": _alarms(target, endpoint.name(target)),
    }
    if options.json:
        print_json(facts)
        return 0
    words = {"variants": _describe_variant, "pending": _describe_variant, "alarms": _describe_alarm}
    facts["changed"] = moment(facts["changed"])
    for name, value in facts.items():
        label = name.replace("_", " ")
        lines = map(words[name], value) if isinstance(value, list) else filter(None, [value])
        for line in lines:
            say(f"{label:<14} {line}")
            label = ""
    return 0


def _variant(variant: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": variant["VariantName"],
        "instances": variant.get("CurrentInstanceCount", 0),
        "wanted_instances": variant.get("DesiredInstanceCount"),
        "weight": variant.get("CurrentWeight"),
        "statuses": [status["Status"] for status in variant.get("VariantStatus", [])],
    }


def _describe_variant(variant: dict[str, Any]) -> str:
    words = f"{variant['name']}: {variant['instances']} instances"
    words += f" of {variant['wanted_instances']}" if variant["wanted_instances"] is not None else ""
    words += f", weight {variant['weight']:g}" if variant["weight"] is not None else ""
    return words + "".join(f", {status}" for status in variant["statuses"])


def _alarms(target: Target, prefix: str) -> list[dict[str, str]]:
    alarms = target.client("cloudwatch").describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]
    return [{"name": alarm["AlarmName"], "state": alarm["StateValue"]} for alarm in alarms]


def _describe_alarm(alarm: dict[str, str]) -> str:
    return f"{alarm['name']}: {alarm['state']}"


def classify(options: Namespace) -> int:
    """Print an answer for each image; exit with 1 where one could not be classified."""
    target = choose(options.target)
    answers = [classify_image(target, image) for image in options.images]
    if options.json:
        print_json([_in_numbers(answer) for answer in answers])
    else:
        for answer in answers:
            say(summarize_answer(answer))
    return 1 if any("error" in answer for answer in answers) else 0


def _add_images(parser: ArgumentParser) -> None:
    parser.add_argument("images", nargs="+", metavar="FILE|S3", help="a PNG or JPEG file, or its s3:// address")
    add_json(parser)


def classify_image(target: Target, image: str) -> dict[str, Any]:
    """The workflow's answer for one image, or {"picture", "error"} with the reason."""
    from console import workflow

    try:
        uri = image if image.startswith("s3://") else _upload(target, Path(image))
        arn = workflow.start(target, "inference", {"image_uri": uri})
        return {"picture": image, **workflow.await_answer(target, arn)}
    except workflow.NothingServesError:
        raise
    except CommandError as error:
        return {"picture": image, "error": str(error)}


def _in_numbers(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer for programs: the workflow hands numbers on as text."""
    kinds = {"model_version": int, "confidence": float, "threshold": float}
    return {name: kinds[name](value) if name in kinds else value for name, value in answer.items()}


def summarize_answer(answer: dict[str, Any]) -> str:
    """An answer as one line."""
    if "error" in answer:
        return f"{answer['picture']}: refused: {answer['error']}"
    sure = f"{answer['label']} ({float(answer['confidence']):.1%} sure, version {answer['model_version']})"
    # A workflow that was deployed before answers had it knows the threshold all the same, and does not say it.
    threshold = f"{float(answer['threshold']):.0%}" if "threshold" in answer else "the threshold"
    if answer["status"] == "NEEDS_REVIEW":
        place = answer.get("review_uri", "review/")
        return f"{answer['picture']}: {sure}: below {threshold}, so a person decides: {place}"
    return f"{answer['picture']}: {sure}, {threshold} or more is enough: {answer['assignment']}"


def _upload(target: Target, path: Path) -> str:
    if not path.is_file():
        raise CommandError(f"{path} is not a file; give a PNG or JPEG file, or an s3:// address.")
    if path.stat().st_size > LARGEST:
        raise CommandError(f"{path} has {path.stat().st_size} bytes; at most {LARGEST} are allowed.")
    content = path.read_bytes()
    key = f"incoming-inference/{hashlib.sha256(content).hexdigest()[:16]}-{path.name}"
    target.client("s3").put_object(Bucket=target.project.bucket, Key=key, Body=content)
    return f"s3://{target.project.bucket}/{key}"


def bulk(options: Namespace) -> int:
    """Wait for the job, then print how many of each label, how fast, and the bad images by name."""
    target = choose(options.target)
    summary = classify_prefix(target, *_parse_place(options.prefix, target.project.bucket))
    if options.json:
        print_json(summary)
    else:
        print_summary(summary)
    return 0


def _add_prefix(parser: ArgumentParser) -> None:
    parser.add_argument("prefix", help="prefix in the project's bucket, or s3://bucket/prefix")
    add_json(parser)


def classify_prefix(target: Target, bucket: str, prefix: str) -> dict[str, Any]:
    """Send every image under a prefix through the bulk workflow; answers the outcomes and how fast they came."""
    from console import workflow
    from console.output import Bar

    _check_objects(target, bucket, prefix)
    started = time.monotonic()
    arn = workflow.start(target, "bulk-inference", {"bucket": bucket, "prefix": prefix})
    with Bar("Classify") as bar:
        answer = workflow.await_answer(
            target, arn, lambda: bar.update(*workflow.count_items(target, arn)), _POLL_SECONDS
        )
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


def _check_objects(target: Target, bucket: str, prefix: str) -> None:
    """Raise CommandError where nothing lies under a prefix: the workflow would succeed with no image."""
    listed = target.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=2)
    if all(entry["Key"].endswith("/") for entry in listed.get("Contents", [])):
        raise CommandError(
            f"There is no image under s3://{bucket}/{prefix}; put PNG or JPEG files there, or give another prefix."
        )


def read_results(target: Target, manifest_uri: str) -> Iterator[dict[str, Any]]:
    """Every image's answer from the files that the job's manifest names."""
    s3 = target.client("s3")
    bucket, key = _parse_place(manifest_uri, target.project.bucket)
    manifest = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    for file in manifest["ResultFiles"]["SUCCEEDED"]:
        body = s3.get_object(Bucket=manifest["DestinationBucket"], Key=file["Key"])["Body"]
        for line in body.iter_lines():
            yield json.loads(line)


def _parse_place(address: str, bucket: str) -> tuple[str, str]:
    given = parse_s3_address(address)
    return (given.bucket, given.key) if given else (bucket, address)


def _outcome(item: dict[str, Any]) -> str:
    if "error" in item:
        return "bad"
    return "needs review" if item["status"] == "NEEDS_REVIEW" else str(item["label"])


def print_summary(summary: dict[str, Any], indent: str = "") -> None:
    """Print the outcomes, the bad images by name."""
    counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(summary["answers"].items()))
    rate = summary["pictures_per_second"]
    say(f"{indent}{summary['pictures']} images in {duration(summary['seconds'])} ({rate} a second): {counts}")
    for uri, reason in list(summary["bad"].items())[:_NAMED]:
        say(f"  {uri}: {reason}")
    if len(summary["bad"]) > _NAMED:
        say(f"  and {len(summary['bad']) - _NAMED} more; all results: {summary['manifest']}")


COMMANDS = {
    "endpoint": Command(print_endpoint, add_json),
    "classify": Command(classify, _add_images),
    "bulk": Command(bulk, _add_prefix),
}
