"""EventBridge's targets that MiniStack takes and never calls: they are called here, under the target's role.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from localaws import ministack
from localaws.errors import AwsError
from localaws.ministack import replace

logger = logging.getLogger(__name__)

Document = dict[str, Any]
Invoke = Callable[..., None]
# Of a target's role, ARN and input, and a rule's name: the id of what was started; raises AwsError where it is refused.
Start = Callable[[str, str, str, str], str]


@dataclass(frozen=True)
class Outcome:
    """What came of one target of an event: what was started, or why nothing was."""

    target: str
    started: str = ""
    refused: str = ""


_outcomes: ContextVar[list[Outcome] | None] = ContextVar("outcomes", default=None)


def deliver(event: Document) -> list[Outcome]:
    """Put an event on the default bus; answers what came of those of its targets that are called here."""
    outcomes: list[Outcome] = []
    token = _outcomes.set(outcomes)
    try:
        ministack.deliver_event(event)
    finally:
        _outcomes.reset(token)
    return outcomes


def apply(starts: Mapping[str, Start]) -> None:
    """Call the targets of these services, by the service in their ARN."""
    from ministack.services import eventbridge  # noqa: PLC0415 - after configure()

    replace(eventbridge, "_invoke_target", lambda invoke: _calling(invoke, starts))


def _calling(invoke: Invoke, starts: Mapping[str, Start]) -> Invoke:
    def call_or_invoke(target: Document, event: Document, rule: Document, view: Any = None) -> None:  # noqa: ANN401
        arn = str(target.get("Arn", ""))
        start = starts.get(arn.split(":")[2]) if arn.count(":") > 4 else None
        if start is None:
            invoke(target, event, rule, view)
            return
        outcome = _call(start, target, _input(target, event, rule, view), str(rule.get("Name", "")))
        told = _outcomes.get()
        if told is not None:
            told.append(outcome)

    return call_or_invoke


def _call(start: Start, target: Document, given: str, rule: str) -> Outcome:
    arn = target["Arn"]
    try:
        return Outcome(arn, started=start(str(target.get("RoleArn", "")), arn, given, rule))
    except AwsError as error:
        logger.warning("The rule %s did not reach %s: %s: %s", rule, arn, error.code, error.message)
        return Outcome(arn, refused=f"The rule {rule} could not start {arn}: {error.code}: {error.message}")


def _input(target: Document, event: Document, rule: Document, view: Any) -> str:  # noqa: ANN401
    """What a target is given: the event, a part of it, a constant, or what its transformer makes."""
    from ministack.services import eventbridge  # noqa: PLC0415

    view = view or eventbridge._pattern_event_view(event)
    if target.get("InputTransformer"):
        return str(eventbridge._apply_input_transformer(target["InputTransformer"], rule, view))
    if target.get("Input"):
        return str(target["Input"])
    value = view.event_with_detail()
    for part in target.get("InputPath", "").removeprefix("$").split("."):
        if part:
            value = value.get(part) if isinstance(value, dict) else None
    return json.dumps(value)
