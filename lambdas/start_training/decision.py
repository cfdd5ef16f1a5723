"""Whether to start a training: a pure function of the call, the executions, the waiting batches and the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from start_training.call import Call, Kind
from start_training.executions import Execution
from start_training.settings import Settings

DAY = timedelta(hours=24)


class Action(StrEnum):
    """What can be done: people are notified of REFUSE, and KEEP is not worth their while."""

    START = "start"
    REFUSE = "refuse"
    KEEP = "keep"


@dataclass(frozen=True)
class Decision:
    """What to do, and why, in a sentence for the log and for people."""

    action: Action
    reason: str


def decide(
    call: Call, executions: Sequence[Execution], waiting: Sequence[str], now: datetime, settings: Settings
) -> Decision:
    """Decide about a call. Nothing is remembered: executions carry in their names why they were started.

    Whatever runs, by whoever's word, is waited for. A refused drift is not made up for, for an alarm that goes on
    rings again after the next analysis; a batch waits under batches/pending/ and is looked at again when an
    execution ends. All batches that wait share one training: it reads everything that is curated by then.
    """
    match call.kind:
        case Kind.DRIFT:
            return _about_drift(call, executions, now, settings)
        case Kind.BATCH:
            return _about_batches(executions, waiting, now, settings)
    running = _running(executions)
    if running:
        return Decision(Action.REFUSE, f"{running.name} runs; ask again when it has ended.")
    return Decision(Action.START, call.sentence)


def _about_drift(call: Call, executions: Sequence[Execution], now: datetime, settings: Settings) -> Decision:
    last = next((each for each in executions if each.kind is Kind.DRIFT), None)
    if last and call.moment and last.started >= call.moment:
        return Decision(Action.KEEP, f"{last.name} was started after the alarm rang: the event comes late or twice.")
    running = _running(executions)
    if running:
        return Decision(Action.REFUSE, f"{running.name} runs, and no second training is started beside it.")
    if last and last.started > now - settings.cooldown:
        return Decision(
            Action.REFUSE,
            f"{last.name} was started at {last.started:%Y-%m-%d %H:%M}, and drift starts one training in "
            f"{settings.cooldown / timedelta(hours=1):g} hours; a version of it may wait for approval.",
        )
    return _within_the_day(executions, now, settings) or Decision(Action.START, call.sentence)


def _about_batches(
    executions: Sequence[Execution], waiting: Sequence[str], now: datetime, settings: Settings
) -> Decision:
    if not waiting:
        return Decision(Action.KEEP, "No batch waits.")
    running = _running(executions)
    if running:
        return Decision(Action.KEEP, f"{running.name} runs; {_count(waiting)} wait for its end.")
    full = _within_the_day(executions, now, settings)
    if full:
        return Decision(full.action, f"{full.reason} {_count(waiting).capitalize()} wait.")
    return Decision(Action.START, f"{_count(waiting)} of new images")


def _within_the_day(executions: Sequence[Execution], now: datetime, settings: Settings) -> Decision | None:
    today = [each for each in executions if each.kind and each.started > now - DAY]
    if len(today) < settings.most_a_day:
        return None
    return Decision(
        Action.REFUSE,
        f"{len(today)} trainings have started by themselves within 24 hours, and {settings.most_a_day} are allowed.",
    )


def _running(executions: Sequence[Execution]) -> Execution | None:
    return next((each for each in executions if each.is_running), None)


def _count(waiting: Sequence[str]) -> str:
    return "one batch" if len(waiting) == 1 else f"{len(waiting)} batches"
