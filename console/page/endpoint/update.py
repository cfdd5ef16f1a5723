"""How far an update of the endpoint has come: its stage, and which part of the traffic the new version has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

STAGES = ("Creating", "Shifting", "Baking", "Done")
# VariantStatus of the new fleet -> the stage that it is in.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantStatus.html
_STAGE_OF = {"Creating": 0, "Updating": 0, "ActivatingTraffic": 1, "Baking": 2, "Deleting": 3}
_PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%")


@dataclass(frozen=True)
class Update:
    """An update that is under way; `stage` is an index of STAGES, `share` the new version's part of the traffic."""

    configuration: str
    stage: int
    share: float
    words: str


def parse_update(described: dict[str, Any]) -> Update | None:
    """The update in an endpoint's description; None where none is under way.

    Each fleet's own weights add up to one, whoever is asked: what is sent to the new fleet follows from its stage. It
    is nothing until traffic shifts, then what the status names (a canary's or a step's part), else all of it.
    """
    pending = described.get("PendingDeploymentSummary")
    # Autoscaling is an update of the same configuration, which shifts nothing.
    if not pending or pending.get("EndpointConfigName") in (None, described.get("EndpointConfigName")):
        return None
    statuses = [
        status for variant in pending.get("ProductionVariants", []) for status in variant.get("VariantStatus", [])
    ]
    stage = min((_STAGE_OF.get(status["Status"], 0) for status in statuses), default=0)
    words = next((status["StatusMessage"] for status in statuses if status.get("StatusMessage")), "")
    taken_back = described["EndpointStatus"] in ("RollingBack", "UpdateRollbackFailed")
    return Update(pending["EndpointConfigName"], stage, 0.0 if taken_back else _share(stage, words), words)


def _share(stage: int, words: str) -> float:
    if stage == 0:
        return 0.0
    named = _PERCENT.search(words) if stage < len(STAGES) - 1 else None
    return float(named[1]) / 100 if named else 1.0


def list_shares(described: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str, float]]:
    """Each variant with its configuration and its part of all traffic, those of the old version first."""
    update = parse_update(described)
    new = update.share if update else 0.0
    current = described.get("EndpointConfigName", "")
    yield from _weighted(described.get("ProductionVariants", []), current, 1 - new)
    pending = described.get("PendingDeploymentSummary", {})
    if update:
        yield from _weighted(pending.get("ProductionVariants", []), update.configuration, new)


def _weighted(
    variants: list[dict[str, Any]], configuration: str, part: float
) -> Iterator[tuple[dict[str, Any], str, float]]:
    weights = sum(variant.get("CurrentWeight", 0.0) for variant in variants) or 1.0
    for variant in variants:
        yield variant, configuration, part * variant.get("CurrentWeight", 0.0) / weights
