"""Step Functions' Retry: MiniStack waits without jitter and longer than MaxDelaySeconds allows."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from localaws.ministack import replace

Retrier = dict[str, Any]
Find = Callable[[list[Retrier], str, dict[int, int]], tuple[Retrier | None, int]]


def apply() -> None:
    """Give every retrier the delay that its next attempt has on AWS."""
    from ministack.services import stepfunctions  # noqa: PLC0415 - after configure()

    replace(stepfunctions, "_find_matching_retrier", _delaying)


def _delaying(find: Find) -> Find:
    def find_with_delay(retriers: list[Retrier], error: str, counts: dict[int, int]) -> tuple[Retrier | None, int]:
        retrier, index = find(retriers, error, counts)
        if retrier is None:
            return retrier, index
        return {**retrier, "IntervalSeconds": delay(retrier, counts.get(index, 0)), "BackoffRate": 1}, index

    return find_with_delay


def delay(retrier: Retrier, attempts: int) -> float:
    """Seconds before the next attempt; with FULL jitter anything from 0 to what it would be without."""
    seconds = float(retrier.get("IntervalSeconds", 1)) * float(retrier.get("BackoffRate", 2.0)) ** attempts
    longest = min(seconds, float(retrier.get("MaxDelaySeconds", seconds)))
    return random.uniform(0, longest) if retrier.get("JitterStrategy") == "FULL" else longest  # noqa: S311 - no secret
