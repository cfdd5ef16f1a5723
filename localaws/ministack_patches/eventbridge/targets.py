"""EventBridge's targets that MiniStack takes and never calls: pipelines and builds, under the target's role.

What is refused goes to the target's dead-letter queue at once, as what no repetition helps. A `rate` keeps its rhythm
over a restart, where MiniStack, which forgets when it last fired, fires at each start.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import partial
from typing import Any

from ministack.services import eventbridge

from localaws import clock
from localaws.aws import Aws, now
from localaws.builds.starting import start_for_rule
from localaws.deliveries import pipelines
from localaws.deliveries.deliveries import Deliveries
from localaws.deliveries.delivery import Delivery, Failed
from localaws.deliveries.targets import service_of
from localaws.errors import AwsError, validation
from localaws.events import Outcome
from localaws.ministack import scope, services
from localaws.ministack.patching import Patch
from localaws.ministack_patches.eventbridge.dead_letters import give_up_delivery
from localaws.ministack_patches.service_grants import EVENTS
from localaws.schedule_expressions import check_of_rule
from localaws.settings import Settings

Document = dict[str, Any]
Invoke = Callable[..., None]
Response = tuple[int, dict[str, str], bytes]
Put = Callable[[Document], Response]
Create = Callable[[str, Document, str], tuple[str, Document]]
# Of a target's role, ARN and input, and a rule's ARN: the id of what was started; raises AwsError where it is refused.
Start = Callable[[str, str, str, str], str]
# Of a rule's ARN, a target, the event and why it was refused.
GiveUp = Callable[[str, Document, Document, AwsError], None]


_outcomes: ContextVar[list[Outcome] | None] = ContextVar("outcomes", default=None)


def deliver(settings: Settings, event: Document) -> list[Outcome]:
    """Put an event on the region's default bus; answers what came of those of its targets that are called here."""
    outcomes: list[Outcome] = []
    token = _outcomes.set(outcomes)
    try:
        with scope.within(settings.account, settings.region):
            services.deliver_event(event)
    finally:
        _outcomes.reset(token)
    return outcomes


def patch(aws: Aws) -> Patch:
    """Call these targets, refuse targets and schedules that AWS refuses, and keep rates to their rhythm."""

    def start(role: str, target: str, given: str, rule: str) -> str:
        if target.split(":")[3:5] != rule.split(":")[3:5]:
            raise AwsError("ResourceNotFoundException", f"{target} is not in the region and account of the rule.")
        return start_for_rule(aws.of(rule), role, target, given, rule)

    def calling(invoke: Invoke) -> Invoke:
        return _starting_builds(_starting_pipelines(invoke, aws), {"codebuild": start}, partial(give_up, aws))

    return Patch(
        replaces={
            eventbridge: {
                "_invoke_target": calling,
                "_put_rule": _scheduling,
                "_put_targets": _putting,
                "_tick_scheduled_rules": _ticking,
            }
        },
        # A stack's new rule is written past PutTargets.
        handlers={("AWS::Events::Rule", "create"): _creating},
        reads={
            eventbridge: (
                *("_apply_input_transformer", "_parse_rate_seconds", "_pattern_event_view", "_rule_last_fired"),
                *("_rules", "error_response_json"),
            )
        },
        after=("eventbridge.deliveries",),
    )


def give_up(aws: Aws, rule: str, target: Document, event: Document, error: AwsError) -> None:
    """Send an event whose target was refused to the target's dead-letter queue."""
    at = now()
    delivery = Delivery(source=rule, principal=EVENTS, target=target, scheduled=at, began=at, event=event)
    failed = Failed(error.code, error.message, again=False)
    give_up_delivery(aws, delivery, failed, "")


def _starting_builds(invoke: Invoke, starts: Mapping[str, Start], give_up: GiveUp) -> Invoke:
    def call_or_invoke(target: Document, event: Document, rule: Document, view: Any = None) -> None:  # noqa: ANN401
        arn = str(target.get("Arn", ""))
        start = starts.get(arn.split(":")[2]) if arn.count(":") > 4 else None
        if start is None:
            invoke(target, event, rule, view)
            return
        view = view or eventbridge._pattern_event_view(event)
        seen = view.event_with_detail()
        try:
            started = start(str(target.get("RoleArn", "")), arn, _input(target, seen, rule, view), rule["Arn"])
            outcome = Outcome(arn, started=started)
        except AwsError as error:
            name = rule.get("Name", "")
            outcome = Outcome(arn, refused=f"The rule {name} could not start {arn}: {error.code}: {error.message}")
            give_up(rule["Arn"], target, seen, error)
        outcomes = _outcomes.get()
        if outcomes is not None:
            outcomes.append(outcome)

    return call_or_invoke


def _input(target: Document, seen: Any, rule: Document, view: Any) -> str:  # noqa: ANN401
    """What a target is given: the event, a part of it, a constant, or what its transformer makes."""
    if target.get("InputTransformer"):
        return str(eventbridge._apply_input_transformer(target["InputTransformer"], rule, view))
    if target.get("Input"):
        return str(target["Input"])
    value = seen
    for part in target.get("InputPath", "").removeprefix("$").split("."):
        if part:
            value = value.get(part) if isinstance(value, dict) else None
    return json.dumps(value)


def _starting_pipelines(invoke: Invoke, aws: Aws) -> Invoke:
    def invoke_or_start(target: Document, event: Document, rule: Document, view: Any = None) -> None:  # noqa: ANN401
        if service_of(target.get("Arn", "")) != "sagemaker":
            invoke(target, event, rule, view)
            return
        seen = (view or eventbridge._pattern_event_view(event)).event_with_detail()
        moment = clock.read(aws.settings.home).timestamp()
        # MiniStack may be answering PutEvents: the call goes on in a thread of its own.
        Deliveries(aws.of(rule["Arn"]), give_up_delivery).take(
            Delivery(source=rule["Arn"], principal=EVENTS, target=target, scheduled=moment, began=moment, event=seen)
        )

    return invoke_or_start


def _scheduling(put: Put) -> Put:
    def put_if_allowed(data: Document) -> Response:
        try:
            _check_schedule(data)
        except AwsError as error:
            refused: Response = eventbridge.error_response_json(error.code, error.message, error.status)
            return refused
        return put(data)

    return put_if_allowed


def _check_schedule(rule: Document) -> None:
    """Refuse a rule that is due at no time, or never, as AWS does.

    Its words: https://github.com/awsdocs/aws-cloudformation-user-guide/pull/456,
    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-rule-schedule.html (the default bus alone)
    """
    expression = rule.get("ScheduleExpression")
    if expression:
        check_of_rule(expression)
        if rule.get("EventBusName", "default").rpartition("/")[2] != "default":
            raise validation("ScheduleExpression is supported only on the default event bus.")
    elif not rule.get("EventPattern"):
        raise validation("Parameter(s) EventPattern or ScheduleExpression must be specified.")


def _putting(put: Put) -> Put:
    def put_if_allowed(data: Document) -> Response:
        try:
            for target in data.get("Targets", []):
                _check(target)
        except AwsError as error:
            refused: Response = eventbridge.error_response_json(error.code, error.message, error.status)
            return refused
        return put(data)

    return put_if_allowed


def _creating(create: Create) -> Create:
    def create_if_allowed(logical_id: str, properties: Document, stack: str) -> tuple[str, Document]:
        try:
            _check_schedule(properties)
            for target in properties.get("Targets") or []:
                _check(target)
        except AwsError as error:
            raise ValueError(f"{error.message} (Service: EventBridge, Error Code: {error.code})") from error
        return create(logical_id, properties, stack)

    return create_if_allowed


def _check(target: Document) -> None:
    """Refuse what AWS refuses: a pipeline or a build without a role, and SageMaker's other resources."""
    arn = target.get("Arn", "")
    if service_of(arn) == "sagemaker":
        pipelines.check(arn)
    if service_of(arn) in ("sagemaker", "codebuild") and not target.get("RoleArn"):
        raise validation(f"RoleArn is required for target {arn}.")


def _ticking(tick: Callable[[], None]) -> Callable[[], None]:
    def tick_in_rhythm() -> None:
        now = time.time()
        for key, rule in list(eventbridge._rules._data.items()):
            interval = eventbridge._parse_rate_seconds(rule.get("ScheduleExpression") or "")
            if interval and key not in eventbridge._rule_last_fired:
                made = float(rule.get("CreationTime") or now)
                eventbridge._rule_last_fired[key] = now - (now - made) % interval
        tick()

    return tick_in_rhythm
