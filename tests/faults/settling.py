"""What a person, or a caller, is told to do after a fault: retry, ask again, approve again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.faults.accepted import Picture
from tests.faults.load import Load
from tests.faults.site import Site, until

RUNS = 2
# On a machine that does much else the first process of a function takes half a minute to begin.
PATIENCE = 120


@dataclass
class Mended:
    """How often something was done, and why."""

    retried: int = 0
    approved_again: int = 0
    asked_again: int = 0
    causes: list[str] = field(default_factory=list)


def settle(site: Site, load: Load) -> Mended:
    """Do it, and wait until all that was given has come to its end."""
    mended = Mended()
    for arn in site.runs[-RUNS:]:
        mended.retried += _finish(site, arn)
    for picture in load.pictures:
        _ask_again(site, picture)
        if picture.again:
            mended.asked_again += 1
            mended.causes.append(picture.cause)
    for key in (key for key, taken in load.incoming.items() if not taken):
        load.put(site, key)
    _bring_live(site, mended)
    return mended


def _finish(site: Site, arn: str) -> int:
    """Wait for an execution's end and retry it where it failed; how often that was."""
    for retries in range(4):
        if site.laptop.ended(arn)["PipelineExecutionStatus"] == "Succeeded":
            return retries
        site.client("sagemaker").retry_pipeline_execution(
            PipelineExecutionArn=arn, ClientRequestToken=f"retry-{retries}-{arn[-12:]}".ljust(32, "x")
        )
    return retries


def _ask_again(site: Site, picture: Picture) -> None:
    """Ask under the same name, as a caller does who had no answer; under another where the first has failed."""
    said = site.described(picture.name)
    picture.found = said.get("status", "")
    picture.asked = _asked(site, picture.name, said)
    ended = _ended(site, picture.name)
    picture.ended = ended.get("status", "")
    if picture.ended != "SUCCEEDED":
        picture.cause = f"{ended.get('error', '')} {ended.get('cause', '')}".strip()
        site.ask(f"{picture.name}-again")
        picture.again = _ended(site, f"{picture.name}-again").get("status", "")
    site.pictures.append(picture.name)


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


def _bring_live(site: Site, mended: Mended) -> None:
    """Wait for the version approved last; approve it again where it was rolled back.

    An instance that dies while its version begins to serve is a version that failed: the one before serves on.
    """
    site.approved, site.program = site.approved_last()
    until(lambda: site.live() == site.approved or bool(site.rolled_back()), PATIENCE)
    reason = site.rolled_back()
    if reason:
        mended.approved_again = 1
        mended.causes.append(reason)
        site.approve(site.approved)
    site.until_live(PATIENCE)
