"""The check for drift in a sentence."""

from __future__ import annotations

from console.page.monitoring.reader import Drift


def summarize_drift(drift: Drift | None) -> str:
    """What the newest check with a result has found."""
    if drift is None:
        return "Nothing is monitored yet; approving a version starts it."
    found = drift.latest
    if found is None:
        return "No check has had a result yet."
    if not found.violations:
        return "Images and answers are as the baseline's."
    return f"The last check found {len(found.violations)} differences from the baseline."
