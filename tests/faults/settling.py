"""What people and callers do after a fault: retry, send again, approve again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.faults.accepted import Image
from tests.faults.load import Load
from tests.faults.site import Site, until

RUNS = 2
# On a busy machine the first process of a function takes half a minute to start.
PATIENCE = 120


@dataclass
class Settled:
    """How often each action was needed, and why."""

    retried: int = 0
    approved_again: int = 0
    asked_again: int = 0
    causes: list[str] = field(default_factory=list)


def settle(site: Site, load: Load) -> Settled:
    """Do it, and wait until everything has ended."""
    settled = Settled()
    for arn in site.runs[-RUNS:]:
        settled.retried += _finish(site, arn)
    for image in load.images:
        _ask_again(site, image)
        if image.again:
            settled.asked_again += 1
            settled.causes.append(image.cause)
    for key in (key for key, taken in load.incoming.items() if not taken):
        load.put(site, key)
    _bring_live(site, settled)
    return settled


def _finish(site: Site, arn: str) -> int:
    """Wait for an execution's end and retry it if it failed; answers the number of retries."""
    for retries in range(4):
        if site.laptop.ended(arn)["PipelineExecutionStatus"] == "Succeeded":
            return retries
        site.client("sagemaker").retry_pipeline_execution(
            PipelineExecutionArn=arn, ClientRequestToken=f"retry-{retries}-{arn[-12:]}".ljust(32, "x")
        )
    return retries


def _ask_again(site: Site, image: Image) -> None:
    """Send again under the same name, as a caller without an answer does; under another name if the first failed."""
    said = site.described(image.name)
    image.found = said.get("status", "")
    image.asked = _asked(site, image.name, said)
    ended = _ended(site, image.name)
    image.ended = ended.get("status", "")
    if image.ended != "SUCCEEDED":
        image.cause = f"{ended.get('error', '')} {ended.get('cause', '')}".strip()
        site.ask(f"{image.name}-again")
        image.again = _ended(site, f"{image.name}-again").get("status", "")
    site.images.append(image.name)


def _asked(site: Site, name: str, said: dict[str, Any]) -> str:
    states = site.client("stepfunctions")
    try:
        answer = site.ask(name)
    except states.exceptions.ExecutionAlreadyExists:
        return "ended"
    return "same" if said and answer["startDate"] == said["startDate"] else "started"


def _ended(site: Site, name: str) -> dict[str, Any]:
    until(lambda: site.described(name).get("status") not in (None, "RUNNING"), PATIENCE)
    return site.described(name)


def _bring_live(site: Site, settled: Settled) -> None:
    """Wait for the version approved last; approve it again if it was rolled back.

    An instance that dies while its version begins to serve is a version that failed: the one before serves on.
    """
    site.approved, site.program = site.approved_last()
    until(lambda: site.live() == site.approved or bool(site.rolled_back()), PATIENCE)
    reason = site.rolled_back()
    if reason:
        settled.approved_again = 1
        settled.causes.append(reason)
        site.approve(site.approved)
    site.until_live(PATIENCE)
