"""Target tracking: how many instances keep a metric at its target. Pure.

AWS waits for three minutes above the target and fifteen below nine tenths of it; here the last minute decides, as
nobody waits that long at a laptop.
"""

from __future__ import annotations

import math

from localaws.shapes import Document

_SLACK = 0.9


def follow(config: Document, count: int, value: float) -> int:
    """How many instances take the place of `count`, where the metric has a value for each of them.

    AWS takes a metric to fall as the instances grow in number:
    https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking.html
    """
    target = config["TargetValue"]
    wanted = math.ceil(round(count * value / target, 6))
    if wanted >= count:
        return wanted
    return wanted if value < _SLACK * target and not config.get("DisableScaleIn") else count
