"""The most that a trial may cost, from the prices of docs/costs.md; rounded up where AWS charges a part."""

from __future__ import annotations

from benchmarks.costs import Item

HOURS = 3
"""Of the endpoint: a trial takes about two hours, and a person may inspect it for one."""
ITEMS = (
    Item("two trainings", "ml.g4dn.xlarge hour", 2 * 15 / 60, "profile `quick`, 15 minutes each with the start"),
    Item("preparation, evaluation, baselines, monitoring", "ml.m5.large hour", 12 * 6 / 60, "12 jobs of 6 minutes"),
    Item("endpoint", "ml.m5.xlarge hour", 2 * HOURS, f"{HOURS} hours, and twice as many instances while it is updated"),
    Item("builds", "CodeBuild large minute", 2 * 30, "two of 30 minutes"),
    Item("key", "KMS key month", 1, "charged by the hour, and not while its deletion is pending"),
    Item("alarms", "alarm month", 20, "charged by the hour"),
    Item("dashboard", "dashboard month", 1, "an account's first three are free"),
)


def at_most() -> float:
    """US dollars."""
    return sum(item.dollars for item in ITEMS)
