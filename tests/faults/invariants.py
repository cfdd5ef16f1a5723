"""What must hold after every fault."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.faults.site import BUCKET, ENDPOINT, GROUP, Site, until
from tests.faults.strikes import containers

Step = tuple[str, str]


@dataclass(frozen=True)
class Seen:
    """What was announced before the fault: finished steps as they were described, and versions."""

    steps: dict[Step, dict[str, Any]]
    ends: Counter[str]
    versions: tuple[str, ...]


def look(site: Site) -> Seen:
    """Read what is finished."""
    steps = {
        (arn, name): step
        for arn in site.runs[-6:]
        for name, step in site.laptop.steps(arn).items()
        if step["StepStatus"] == "Succeeded"
    }
    return Seen(steps, _ends(site), tuple(site.versions()))


def _ends(site: Site) -> Counter[str]:
    """How often the program of each step ran to its end: more than once where a kill came before it was noted."""
    return Counter(line for line in site.ledger.read_text().splitlines() if line.endswith("end"))


def broken(site: Site, seen: Seen) -> list[str]:
    """A sentence for each thing that does not hold."""
    return [*_steps(site, seen), *_versions(site, seen), *_serving(site), *_captures(site)]


def _steps(site: Site, seen: Seen) -> list[str]:
    found = []
    for arn in site.runs[-6:]:
        now = site.laptop.steps(arn)
        found += [f"{arn} lacks {name}" for name in ("First", "Second", "Register") if not _done(now, name)]
        before = {name: step for (owner, name), step in seen.steps.items() if owner == arn}
        found += [f"{arn} {name} was run again" for name, step in before.items() if now.get(name) != step]
    now_ends = _ends(site)
    for arn, name in seen.steps:
        line = f"{arn.rsplit('/', 1)[1]} {name} end"
        if now_ends[line] != seen.ends[line]:
            found.append(f"the job of {arn} {name} was run again")
    return found


def _done(steps: dict[str, dict[str, Any]], name: str) -> bool:
    return steps.get(name, {}).get("StepStatus") == "Succeeded"


def _versions(site: Site, seen: Seen) -> list[str]:
    now = site.versions()
    found = [f"the version {arn} is lost" for arn in seen.versions if arn not in now]
    numbers = sorted(int(arn.rsplit("/", 1)[1]) for arn in now)
    if numbers != list(range(1, len(numbers) + 1)):
        found.append(f"{GROUP} has the versions {numbers}")
    if len(now) != len(site.runs):
        found.append(f"{len(site.runs)} runs registered {len(now)} versions")
    return found


def _serving(site: Site) -> list[str]:
    """One instance, alive and answering; no program of a job that nobody waits for."""
    alive = until(lambda: len(containers(site, "endpoints")) == 1, 10)
    found = [] if alive else [f"{len(containers(site, 'endpoints'))} instances run where 1 should"]
    left = containers(site, "jobs")
    found += [f"the job's program {process.pid} is left over" for process in left]
    answer = site.client("sagemaker-runtime").invoke_endpoint(EndpointName=ENDPOINT, Body=b"x")["Body"].read()
    return found if answer == b"[0.96, 0.04]" else [*found, f"the endpoint answered {answer!r}"]


def _captures(site: Site) -> list[str]:
    """Every object is whole lines of JSON with both sides of an exchange."""
    s3, found = site.client("s3"), []
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="data-capture/")
    for item in (item for page in pages for item in page.get("Contents", [])):
        body = s3.get_object(Bucket=BUCKET, Key=item["Key"])["Body"].read()
        try:
            lines = [json.loads(line) for line in body.splitlines()]
            whole = body.endswith(b"\n") and all("endpointOutput" in line["captureData"] for line in lines)
        except (ValueError, KeyError):
            whole = False
        found += [] if whole else [f"the capture {item['Key']} cannot be read"]
    return found
