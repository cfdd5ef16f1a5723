"""One round: load, a kill at a random moment, what is to be mended, and what must hold then."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from tests.faults.invariants import Seen, broken, look
from tests.faults.site import MACHINE, Site, until
from tests.faults.strikes import STRIKES

AWAY = (BotoCoreError, ClientError)
PICTURES = 3
RUNS = 2
LONGEST_DELAY = 1.5


@dataclass
class Round:
    """What was done in a round, and what was found broken after it."""

    number: int
    victim: str
    delay: float
    struck: str = ""
    asked_again: int = 0
    causes: list[str] = field(default_factory=list)
    retried: int = 0
    approved_again: int = 0
    seconds: float = 0
    broken: list[str] = field(default_factory=list)


def play(site: Site, number: int, seed: int) -> Round:
    """Play the round that this seed and number say."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311 - repeatable, not secret
    round_ = Round(number, chance.choice(sorted(STRIKES)), chance.uniform(0, LONGEST_DELAY))
    began = time.monotonic()
    pictures = [f"round-{seed}-{number}-{index}" for index in range(PICTURES)]
    with _load(site, chance, pictures):
        time.sleep(round_.delay)
        seen = look(site)
        round_.struck = STRIKES[round_.victim](site, chance)
    if round_.victim == "local AWS":
        site.up()
    round_.broken = _settle(site, round_, pictures, seen)
    round_.seconds = time.monotonic() - began
    return round_


@contextmanager
def _load(site: Site, chance: random.Random, pictures: list[str]) -> Iterator[None]:
    """Runs, pictures and an approval, begun side by side; what is refused because of the kill is given again later."""
    version = chance.choice(site.versions())
    work = [*[site.start_run] * RUNS, *[lambda name=name: site.ask(name) for name in pictures]]
    work.append(lambda: site.approve(version))

    def attempt(call: Any) -> None:
        # What a kill refuses is given again when the round is settled.
        with suppress(*AWAY):
            call()

    threads = [threading.Thread(target=attempt, args=(call,)) for call in work]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


def _settle(site: Site, round_: Round, pictures: list[str], seen: Seen) -> list[str]:
    """Do what a person is told to do (retry, ask again), and say what does not hold all the same."""
    for arn in site.runs[-RUNS:]:
        round_.retried += _finish(site, arn)
    for name in pictures:
        round_.asked_again += _answered(site, round_, name)
    site.approved = approved_last(site)
    if not until(lambda: site.live() == site.approved or bool(site.rolled_back()), 30) or site.rolled_back():
        # An instance that dies while its version begins to serve is a version that failed: the one before serves
        # on, and a person approves again.
        round_.approved_again, reason = 1, site.rolled_back()
        if not reason:
            return [f"live is {site.live()}, approved {site.approved}", *broken(site, seen)]
        round_.causes.append(reason)
        site.approve(site.approved)
    if not site.until_live(30):
        return [f"live is {site.live()}, approved {site.approved}", *broken(site, seen)]
    return broken(site, seen)


def approved_last(site: Site) -> str:
    """The version that should serve: a kill may have taken the answer to an approval, but not the approval."""
    sagemaker = site.client("sagemaker")
    described = [sagemaker.describe_model_package(ModelPackageName=arn) for arn in site.versions()]
    approved = [item for item in described if item["ModelApprovalStatus"] == "Approved"]
    newest: dict[str, Any] = max(approved, key=lambda item: item.get("LastModifiedTime", item["CreationTime"]))
    return str(newest["ModelPackageArn"])


def _finish(site: Site, arn: str) -> int:
    """Wait for an execution's end and retry it where it failed; how often that was."""
    for retries in range(4):
        if site.laptop.ended(arn)["PipelineExecutionStatus"] == "Succeeded":
            return retries
        site.client("sagemaker").retry_pipeline_execution(
            PipelineExecutionArn=arn, ClientRequestToken=f"retry-{retries}-{arn[-12:]}".ljust(32, "x")
        )
    return retries


def _answered(site: Site, round_: Round, name: str) -> int:
    """Wait for a picture's answer; ask again, as a caller does, where it was cut off. 1 where that was needed."""
    for again in range(2):
        arn = MACHINE.replace("stateMachine:", "execution:").removesuffix(":live") + f":{name}{'-again' * again}"
        cause = _failure(site, arn)
        if cause is None:
            return again
        round_.causes.append(cause)
        site.ask(f"{name}-again")
    raise AssertionError(f"The picture {name} was not answered when it was asked again.")


def _failure(site: Site, arn: str) -> str | None:
    """Wait for an execution's end; None where it answered, else why it did not."""
    states = site.client("stepfunctions")
    said: dict[str, Any] = {"status": "unknown"}

    def ended() -> bool:
        try:
            said.update(states.describe_execution(executionArn=arn))
        except states.exceptions.ExecutionDoesNotExist:
            return True
        return said["status"] != "RUNNING"

    until(ended, 30)
    if said["status"] == "SUCCEEDED":
        assert json.loads(said["output"])["label"] == "bicycle"
        return None
    return f"{said['status']} {said.get('error', '')} {said.get('cause', '')}".strip()
