"""What is observed of a site, as the checks take it: from AWS's answers, from its bucket and queue, from processes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.faults.accepted import Answer, Captured, DeadLetter, Incoming
from tests.faults.invariants import Runs, Serving
from tests.faults.site import BUCKET, ENDPOINT, Site
from tests.faults.strikes import containers, environment

CAPTURES = "data-capture/"
PLACES = ("incoming/", "curated/", "quarantine/")


def runs(site: Site, arns: Iterable[str]) -> Runs:
    """The finished steps of some runs, and the ends that the jobs' programs recorded in the ledger."""
    steps = {
        (arn, name): step
        for arn in arns
        for name, step in site.laptop.steps(arn).items()
        if step["StepStatus"] == "Succeeded"
    }
    ends = Counter(line.removesuffix(" end") for line in site.ledger if line.endswith(" end"))
    return Runs(steps, Counter({(arn, name): ends[f"{arn.rsplit('/', 1)[1]} {name}"] for arn, name in steps}))


def serving(site: Site) -> Serving:
    """The endpoint, its variants' versions, and the programs on this machine that serve or should have ended."""
    said = site.client("sagemaker").describe_endpoint(EndpointName=ENDPOINT)
    answer = site.invoke()
    return Serving(
        said["EndpointStatus"],
        tuple(site.variants(said["EndpointConfigName"])),
        tuple(sorted(environment(process).get("VERSION", "none") for process in containers(site, "endpoints"))),
        answer,
        tuple(process.pid for process in containers(site, "jobs")),
    )


def answers(site: Site, names: Iterable[str]) -> dict[str, Answer]:
    """The executions of these names that have succeeded."""
    said = {name: site.described(name) for name in names}
    return {
        name: Answer(one["output"], one["stopDate"].timestamp())
        for name, one in said.items()
        if one.get("status") == "SUCCEEDED"
    }


def incoming(site: Site, given: Mapping[str, bool]) -> list[Incoming]:
    """Where each object that was put under incoming/ is now, by its copies' metadata."""
    places: dict[str, list[str]] = {key: [] for key in given}
    for prefix in PLACES:
        for item in _objects(site, prefix):
            source = item["Key"] if prefix == "incoming/" else _source(site, item["Key"])
            if source in places:
                places[source].append(prefix.rstrip("/"))
    for letter in site.letters.values():
        if letter.subject in places:
            places[letter.subject].append("given up")
    return [Incoming(key, given[key], tuple(places[key])) for key in given]


def _source(site: Site, key: str) -> str:
    if key not in site.sources:
        site.sources[key] = site.client("s3").head_object(Bucket=BUCKET, Key=key)["Metadata"].get("source", "")
    return site.sources[key]


def dead_letters(site: Site) -> list[DeadLetter]:
    """Receive new messages. A kill may return a received one: each counts once."""
    sqs, new = site.client("sqs"), []
    queue = sqs.get_queue_url(QueueName="scones-dead-letters")["QueueUrl"]
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            if message["MessageId"] not in site.letters:
                site.letters[message["MessageId"]] = _letter(json.loads(message["Body"]))
                new.append(site.letters[message["MessageId"]])
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return new


def _letter(body: dict[str, Any]) -> DeadLetter:
    if "requestPayload" not in body:
        # EventBridge's own: the plain event, which reached no function.
        return DeadLetter("EventBridge", "undelivered", str(body.get("detail-type")))
    detail = body["requestPayload"].get("detail", {})
    subject = detail.get("object", {}).get("key") or detail.get("ModelPackageArn") or detail.get("EndpointName", "")
    said = body["responsePayload"] or {}
    error = str(said.get("errorType") or said.get("errorMessage") or said)
    return DeadLetter(body["requestContext"]["functionArn"].rsplit(":", 1)[1], error, subject)


def captured(site: Site) -> Captured:
    """All captures: new ones are read, those read before must still exist."""
    now = {item["Key"] for item in _objects(site, CAPTURES)}
    for key in now - site.captures.keys():
        body = site.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
        site.captures[key] = _ids(body)
    known = site.captures
    ids = {identity for found in known.values() for identity in found or ()}
    return Captured(
        dict(site.answered), ids, [key for key, found in known.items() if found is None], sorted(known.keys() - now)
    )


def _ids(body: bytes) -> list[str] | None:
    """The inference ids of a capture's lines; None unless all lines are whole, with request and response."""
    try:
        lines = [json.loads(line) for line in body.splitlines()]
        whole = body.endswith(b"\n") and all(line["captureData"].keys() == _SIDES for line in lines)
        return [line["eventMetadata"].get("inferenceId", "") for line in lines] if whole else None
    except (ValueError, KeyError):
        return None


_SIDES = {"endpointInput", "endpointOutput"}


def _objects(site: Site, prefix: str) -> Iterator[dict[str, Any]]:
    pages = site.client("s3").get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
    return (item for page in pages for item in page.get("Contents", []))
