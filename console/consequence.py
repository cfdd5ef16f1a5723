"""What a decision about a version does to the endpoint, said before it is made.

The same rules as deploy_model's: the version that was approved last, among those still approved, serves; with none left
the endpoint stays as it is. How traffic moves is what the endpoint's last deployment went by, which is the stack's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from common.aws_errors import is_missing
from common.live_model import approval_order, list_approved
from console import endpoint, registry
from console.formats import duration
from console.target import Target

_GRACE = timedelta(seconds=60)
"""So long after an approval its deployment may still begin."""
_STEPS = {"CANARY": "CanarySize", "LINEAR": "LinearStepSize"}


@dataclass(frozen=True)
class Rollout:
    """How traffic moves to a new version: AWS's type, percent of a step, seconds of rest, and the alarms' number."""

    kind: str
    percent: int
    bake_seconds: int
    alarms: int

    @property
    def sentence(self) -> str:
        """How traffic moves, and what takes it back."""
        share = f"{self.percent} %" if self.percent else "a part"
        moves = {
            "CANARY": f"{share} of the traffic moves first, as a canary, then the rest",
            "LINEAR": f"Traffic moves in steps of {share}",
        }.get(self.kind, "All traffic moves at once, when its instances answer")
        watched = f"{self.alarms} alarms watch" if self.alarms > 1 else "an alarm watches" if self.alarms else ""
        if not watched:
            return f"{moves}. No alarm is set that would take it back."
        back = "if one fires" if self.alarms > 1 else "if it fires"
        rests = f" for {duration(self.bake_seconds)} after each move" if self.bake_seconds else ""
        return f"{moves}; {watched}{rests}, and {back}, all traffic goes back."


@dataclass(frozen=True)
class Situation:
    """What a decision about a version meets.

    `live` is the version that serves, `chosen` the approved one that should, and `other` the one that should if this
    one is left out; `rollout` is None before the first deployment. `status` is the version's in the registry, and
    `pending` says that it is approved and not live yet, but on its way.
    """

    exists: bool
    live: int | None
    chosen: int | None
    other: int | None
    deploys: bool
    rollout: Rollout | None
    status: str = ""
    pending: bool = False


def fetch_situation(target: Target, number: int) -> Situation:
    """What a decision about this version meets now."""
    found = endpoint.fetch(target)
    approved = _list_approved(target)
    numbers = [package["ModelPackageVersion"] for package in approved]
    chosen = next(iter(approved), None)
    return Situation(
        exists=found is not None,
        live=found.number if found else None,
        chosen=next(iter(numbers), None),
        other=next((version for version in numbers if version != number), None),
        deploys=found.deploys if found else False,
        rollout=parse_rollout(found.described.get("LastDeploymentConfig", {})) if found else None,
        status=_find_status(target, number),
        pending=chosen is not None and numbers[0] == number and _is_pending(target, found, chosen),
    )


def _list_approved(target: Target) -> list[dict[str, Any]]:
    """The approved versions, the one approved last first."""
    sagemaker = target.client("sagemaker")
    try:
        packages = list(list_approved(sagemaker, target.project.model_package_group))
    except sagemaker.exceptions.ClientError as error:
        # The group comes with the stack.
        if not is_missing(error):
            raise
        return []
    return sorted(packages, key=approval_order, reverse=True)


def _find_status(target: Target, number: int) -> str:
    """A version's status in the registry; empty where there is no such version."""
    summaries = registry.list_summaries(target)
    return next((item["ModelApprovalStatus"] for item in summaries if item["ModelPackageVersion"] == number), "")


def _is_pending(target: Target, found: endpoint.Endpoint | None, package: dict[str, Any]) -> bool:
    """Whether the version that was approved last is on its way to the endpoint, by what deploy_model noted there."""
    number: int = package["ModelPackageVersion"]
    if found and found.number == number:
        return False
    if found and found.deploys:
        return found.status != "RollingBack"
    begins = datetime.now(UTC) - approval_order(package)[0] < _GRACE
    return begins and (found is None or endpoint.find_attempt(target, found, number) is None)


def parse_rollout(config: dict[str, Any]) -> Rollout | None:
    """The rollout in a DeploymentConfig; None where it is another kind than blue/green."""
    routing = config.get("BlueGreenUpdatePolicy", {}).get("TrafficRoutingConfiguration")
    if not routing:
        return None
    step = routing.get(_STEPS.get(routing["Type"], ""), {})
    return Rollout(
        kind=routing["Type"],
        percent=step.get("Value", 0) if step.get("Type") == "CAPACITY_PERCENT" else 0,
        bake_seconds=routing.get("WaitIntervalInSeconds", 0),
        alarms=len(config.get("AutoRollbackConfiguration", {}).get("Alarms", [])),
    )


def explain_approval(number: int, met: Situation) -> str:
    """What approving the version does."""
    if not met.exists:
        return f"Approving version {number} creates the endpoint, which answers in a few minutes."
    if met.live == number and not met.deploys:
        return f"Version {number} is live: approving it keeps it so, and records your decision."
    replaced = f"version {met.live}" if met.live else "what serves now"
    waits = " when the deployment that is under way has ended" if met.deploys else ""
    moves = f" {met.rollout.sentence}" if met.rollout else ""
    return f"Approving version {number} replaces {replaced} on the endpoint{waits}.{moves}"


def explain_rejection(number: int, met: Situation) -> str:
    """What rejecting the version does."""
    if met.chosen == number and met.other is None and met.exists:
        return (
            f"Rejecting version {number} leaves no approved version: what serves now goes on serving until another is "
            "approved."
        )
    if met.chosen != number or met.other in (None, met.live):
        keeps = f"; version {met.live} goes on serving" if met.live else ""
        return f"Rejecting version {number} changes nothing on the endpoint{keeps}. It can be approved later."
    moves = f" {met.rollout.sentence}" if met.rollout else ""
    return f"Rejecting version {number} brings the endpoint back to version {met.other}.{moves}"


def find_settled_approval(number: int, met: Situation) -> str | None:
    """What to say where the version is approved already and nothing is left to decide; None where an approval acts."""
    if met.chosen != number:
        return None
    if met.pending:
        serves = f"; version {met.live} serves until then" if met.live else ""
        return f"Version {number} is approved already, and is being deployed{serves}."
    return f"Version {number} is approved already, and live." if met.live == number and not met.deploys else None


def find_settled_rejection(number: int, met: Situation) -> str | None:
    """What to say where the version is rejected already; None where it is not."""
    if met.status != "Rejected":
        return None
    serves = "; it goes on serving until another is approved" if met.live == number else ""
    return f"Version {number} is rejected already{serves}."
