"""EventBridge's targets that MiniStack takes and never calls: they are called here, under the target's role.

What is refused goes to the target's dead-letter queue at once, as what no repetition helps.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from localaws import ministack
from localaws.aws import Aws, now
from localaws.deliveries.delivery import Delivery, Failed
from localaws.errors import AwsError
from localaws.events import Outcome
from localaws.ministack import replace
from localaws.ministack_patches.dead_letters import give_up_delivery
from localaws.ministack_patches.service_grants import EVENTS

Document = dict[str, Any]
Invoke = Callable[..., None]
# Of a target's role, ARN and input, and a rule's ARN: the id of what was started; raises AwsError where it is refused.
Start = Callable[[str, str, str, str], str]
# Of a rule's ARN, a target, the event and why it was refused.
GiveUp = Callable[[str, Document, Document, AwsError], None]


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


def apply(starts: Mapping[str, Start], give_up: GiveUp) -> None:
    """Call the targets of these services, by the service in their ARN."""
    from ministack.services import eventbridge  # noqa: PLC0415 - after configure()

    replace(eventbridge, "_invoke_target", lambda invoke: _calling(invoke, starts, give_up))


def give_up(aws: Aws, rule: str, target: Document, event: Document, error: AwsError) -> None:
    """Send an event whose target was refused to the target's dead-letter queue."""
    at = now()
    delivery = Delivery(source=rule, principal=EVENTS, target=target, scheduled=at, began=at, event=event)
    failed = Failed(error.code, error.message, again=False)
    give_up_delivery(aws, delivery, failed, "")


def _calling(invoke: Invoke, starts: Mapping[str, Start], give_up: GiveUp) -> Invoke:
    def call_or_invoke(target: Document, event: Document, rule: Document, view: Any = None) -> None:  # noqa: ANN401
        arn = str(target.get("Arn", ""))
        start = starts.get(arn.split(":")[2]) if arn.count(":") > 4 else None
        if start is None:
            invoke(target, event, rule, view)
            return
        from ministack.services import eventbridge  # noqa: PLC0415

        view = view or eventbridge._pattern_event_view(event)
        seen = view.event_with_detail()
        try:
            started = start(str(target.get("RoleArn", "")), arn, _input(target, seen, rule, view), rule["Arn"])
            outcome = Outcome(arn, started=started)
        except AwsError as error:
            name = rule.get("Name", "")
            outcome = Outcome(arn, refused=f"The rule {name} could not start {arn}: {error.code}: {error.message}")
            give_up(rule["Arn"], target, seen, error)
        told = _outcomes.get()
        if told is not None:
            told.append(outcome)

    return call_or_invoke


def _input(target: Document, seen: Any, rule: Document, view: Any) -> str:  # noqa: ANN401
    """What a target is given: the event, a part of it, a constant, or what its transformer makes."""
    from ministack.services import eventbridge  # noqa: PLC0415

    if target.get("InputTransformer"):
        return str(eventbridge._apply_input_transformer(target["InputTransformer"], rule, view))
    if target.get("Input"):
        return str(target["Input"])
    value = seen
    for part in target.get("InputPath", "").removeprefix("$").split("."):
        if part:
            value = value.get(part) if isinstance(value, dict) else None
    return json.dumps(value)
