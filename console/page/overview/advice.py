"""What a person may do next, from all that is known: what is broken first, then what waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from console.executions import OPENING
from console.formats import shorten
from console.page.endpoint.reader import State
from console.page.monitoring.reader import Drift, Queue
from console.page.monitoring.sentence import summarize_drift
from console.page.run import Run, Runs
from console.page.version.reader import Version
from console.page.version.standing import MOST, Standing

_LONGEST_REASON = 160


@dataclass(frozen=True)
class Known:
    """What has been read so far; None is what has not, or what is not there."""

    standing: Standing | None = None
    state: State | None = None
    runs: Runs | None = None
    drift: Drift | None = None
    queue: Queue | None = None


@dataclass(frozen=True)
class Advice:
    """Why something should be done, what to do, and the address where it is done."""

    why: str
    action: str
    address: str
    level: str = "busy"


def list_advice(known: Known) -> list[Advice]:
    """What to do next, most urgent first."""
    return [
        *_advise_on_alarms(known.state),
        *_advise_on_runs(known.runs),
        *_advise_on_versions(known.standing),
        *_advise_on_drift(known.drift),
        *_advise_on_queue(known.queue),
    ]


def _advise_on_alarms(state: State | None) -> Iterator[Advice]:
    if state and state.status in ("Failed", "UpdateRollbackFailed"):
        yield Advice(f"The endpoint is {state.status}: {state.reason}", "See what is wrong", "/endpoint", "bad")
    active = [alarm.name for alarm in state.alarms if alarm.state == "ALARM"] if state else []
    if active:
        words = f"{len(active)} alarms are active" if len(active) > 1 else "An alarm is active"
        yield Advice(f"{words}: {', '.join(active)}.", "See what is wrong", "/endpoint", "bad")


def _advise_on_runs(runs: Runs | None) -> Iterator[Advice]:
    if runs is None:
        return
    if not runs.rows:
        if runs.listed:
            yield Advice("Nothing has been trained yet.", "Start a run", "/new")
        return
    last = runs.rows[0]
    if last.status == "Failed":
        words = f"The last run failed. {shorten(last.reason.removeprefix(OPENING), _LONGEST_REASON)}".strip()
        yield Advice(words, "See why", write_address(last), "bad")
    elif not last.ended:
        yield Advice(f"The run {last.id} is under way.", "Watch it", write_address(last))


def _advise_on_versions(standing: Standing | None) -> Iterator[Advice]:
    """The best of what waits is named, which need not be the newest."""
    if standing and standing.waiting:
        best = max(standing.waiting, key=lambda version: (version.accuracy or 0.0, version.number))
        words = f"Version {best.number} waits for approval{_compare(best, standing.live)}."
        others = [version for version in standing.waiting if version is not best]
        if others:
            words += f" {_tell_others(others, counted=len(standing.waiting) < MOST)}."
        yield Advice(words, "Approve or reject it", f"/version/{best.number}", "warn")


def _tell_others(others: list[Version], *, counted: bool) -> str:
    """What else waits; where not all were counted, older ones may be better than any that is known."""
    highest = max((version.accuracy for version in others if version.accuracy), default=None)
    if not counted:
        return f"{len(others)} or more others wait"
    if len(others) > 1:
        return f"{len(others)} others wait" + ("" if highest is None else f", with at most {highest:.3f}")
    return f"Version {others[0].number} waits as well" + ("" if highest is None else f", with {highest:.3f}")


def _compare(version: Version, live: Version | None) -> str:
    """The accuracy of a version beside the live one's; their test images may differ, which the report tells."""
    if version.accuracy is None:
        return ""
    beside = f"; version {live.number}, which is live, has {live.accuracy:.3f}" if live and live.accuracy else ""
    return f", with an accuracy of {version.accuracy:.3f}{beside}"


def _advise_on_drift(drift: Drift | None) -> Iterator[Advice]:
    if drift and drift.latest and drift.latest.violations:
        yield Advice(summarize_drift(drift), "See what changed", "/monitoring", "warn")


def _advise_on_queue(queue: Queue | None) -> Iterator[Advice]:
    if queue and queue.images:
        one = queue.waiting == 1
        words = "One image that the model doubts waits" if one else f"{queue.waiting} images that the model doubts wait"
        yield Advice(f"{words} for a label.", "Label them", "/monitoring", "warn")


def write_address(run: Run) -> str:
    """Where a run is on the page."""
    return f"/execution/{run.id}"
