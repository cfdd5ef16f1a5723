"""EventBridge rules whose target is a SageMaker pipeline: MiniStack takes them and starts nothing.

It also fires a `rate` of an old rule at each start, as it forgets when it last did.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from localaws import clock
from localaws.deliveries import pipelines
from localaws.deliveries.deliveries import Deliveries
from localaws.deliveries.delivery import Delivery
from localaws.deliveries.targets import service_of
from localaws.errors import AwsError, validation
from localaws.ministack import replace
from localaws.ministack_patches.service_grants import EVENTS
from localaws.settings import Settings

Document = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Invoke = Callable[..., None]
Put = Callable[[Document], Response]
Create = Callable[[str, Document, str], tuple[str, Document]]


def apply(deliveries: Deliveries, settings: Settings) -> None:
    """Start pipelines for rules under their targets' roles, and keep rates to their rhythm."""
    from ministack.services import eventbridge  # noqa: PLC0415 - after configure()
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415

    replace(eventbridge, "_invoke_target", lambda invoke: _invoking(invoke, deliveries, settings))
    replace(eventbridge, "_put_targets", _putting)
    replace(eventbridge, "_tick_scheduled_rules", _ticking)
    # A stack's new rule is written past PutTargets.
    provisioners._RESOURCE_HANDLERS["AWS::Events::Rule"]["create"] = _creating(provisioners._eb_rule_create)


def _invoking(invoke: Invoke, deliveries: Deliveries, settings: Settings) -> Invoke:
    def invoke_or_start(target: Document, event: Document, rule: Document, view: Any = None) -> None:  # noqa: ANN401
        if service_of(target.get("Arn", "")) != "sagemaker":
            invoke(target, event, rule, view)
            return
        from ministack.services import eventbridge  # noqa: PLC0415

        seen = (view or eventbridge._pattern_event_view(event)).event_with_detail()
        moment = clock.read(settings.home).timestamp()
        # MiniStack may be answering PutEvents: the call goes on in a thread of its own.
        deliveries.take(
            Delivery(source=rule["Arn"], principal=EVENTS, target=target, scheduled=moment, began=moment, event=seen)
        )

    return invoke_or_start


def _putting(put: Put) -> Put:
    def put_if_allowed(data: Document) -> Response:
        from ministack.services import eventbridge  # noqa: PLC0415

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
        from ministack.services import eventbridge  # noqa: PLC0415

        now = time.time()
        for key, rule in list(eventbridge._rules._data.items()):
            interval = eventbridge._parse_rate_seconds(rule.get("ScheduleExpression") or "")
            if interval and key not in eventbridge._rule_last_fired:
                made = float(rule.get("CreationTime") or now)
                eventbridge._rule_last_fired[key] = now - (now - made) % interval
        tick()

    return tick_in_rhythm
