"""Target tracking: instances follow the invocations of the last minute, within bounds and cooldowns.

AWS waits for three minutes above the target and fifteen below nine tenths of it; here the last minute decides, as
nobody waits that long at a laptop.
"""

from __future__ import annotations

import logging
import math
import time
from datetime import UTC, datetime, timedelta

from localaws.autoscaling import targets
from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.operations import SAGEMAKER
from localaws.records import endpoints
from localaws.serving.metrics import NAMESPACE
from localaws.shapes import Document

logger = logging.getLogger(__name__)

_EVERY_SECONDS = 5.0
_WINDOW_SECONDS = 60
_COOLDOWN_SECONDS = 300
_SLACK = 0.9


class Tracking:
    """Follows all policies; when each variant was last changed is in memory only."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._changed: dict[str, float] = {}

    def run(self) -> None:
        """Check every policy each few seconds until the local AWS stops."""
        while not self._aws.stopping.wait(_EVERY_SECONDS):
            self.follow()

    def follow(self) -> None:
        """Check every policy once."""
        for policy in self._aws.store.all(targets.POLICIES):
            try:
                self._follow(policy)
            except Exception:
                logger.exception("The scaling policy %s could not be followed", policy["PolicyName"])

    def _follow(self, policy: Document) -> None:
        endpoint, variant = targets.split(policy["ResourceId"])
        document = endpoints.find(self._aws, endpoint)
        if document is None or document["EndpointStatus"] != "InService":
            return
        current = next(item for item in document["ProductionVariants"] if item["VariantName"] == variant)
        wanted = self._wanted(policy, current["CurrentInstanceCount"], _invocations(self._aws, endpoint, variant))
        if wanted == current["CurrentInstanceCount"]:
            return
        desired = {"VariantName": variant, "DesiredInstanceCount": wanted}
        request = {"EndpointName": endpoint, "DesiredWeightsAndCapacities": [desired]}
        try:
            SAGEMAKER.call(self._aws, "UpdateEndpointWeightsAndCapacities", request)
        except AwsError as error:
            # An update has just begun; the next round finds it ended.
            logger.info("%s was not scaled: %s", policy["ResourceId"], error.message)
            return
        self._changed[policy["ResourceId"]] = time.monotonic()

    def _wanted(self, policy: Document, current: int, invocations: float) -> int:
        """How many instances the policy asks for, given the invocations of the last minute."""
        tracking = policy["TargetTrackingScalingPolicyConfiguration"]
        bounds = targets.find(self._aws, policy["ResourceId"])
        within = min(max(current, bounds["MinCapacity"]), bounds["MaxCapacity"])
        if within != current:
            return within
        target = tracking["TargetValue"]
        wanted = min(max(math.ceil(invocations / target), bounds["MinCapacity"]), bounds["MaxCapacity"])
        if wanted > current:
            return current if self._cools(policy, tracking.get("ScaleOutCooldown")) else wanted
        idle = invocations / current < _SLACK * target and not tracking.get("DisableScaleIn")
        return wanted if idle and not self._cools(policy, tracking.get("ScaleInCooldown")) else current

    def _cools(self, policy: Document, seconds: int | None) -> bool:
        changed = self._changed.get(policy["ResourceId"])
        cooldown = _COOLDOWN_SECONDS if seconds is None else seconds
        return changed is not None and time.monotonic() - changed < cooldown


def _invocations(aws: Aws, endpoint: str, variant: str) -> float:
    now = datetime.now(UTC)
    found = aws.clients.get("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName="Invocations",
        Dimensions=[{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}],
        StartTime=now - timedelta(seconds=_WINDOW_SECONDS),
        EndTime=now + timedelta(seconds=1),
        Period=_WINDOW_SECONDS,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in found["Datapoints"])
