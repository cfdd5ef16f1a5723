"""Which AWS service may reach a topic, a queue or a function: by the target's own policy, and by its key's.

MiniStack lets services deliver as nobody, or asks the target's policy with condition keys that AWS does not supply, and
never a key's or a function's policy. Here a delivery of an alarm, a topic or a bucket needs all of them, whoever calls;
EventBridge's are in eventbridge/. Only those keys are in the question that AWS documents for service and target:

- EventBridge to SNS has no `aws:SourceAccount`, `aws:SourceArn` or the like, neither for the topic nor for a key:
  https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html and
  https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
- EventBridge to SQS and Lambda has the rule as `aws:SourceArn`, but for a queue's key nothing is documented:
  https://docs.aws.amazon.com/eventbridge/latest/userguide/rule-dlq.html
- CloudWatch's alarms, Budgets, S3 and SNS have both keys everywhere, and for topics `aws:SourceOwner`, by which the
  policy that SNS gives each new topic lets them in.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ministack.services import cloudwatch, kms, lambda_svc, s3, sns, sqs

from localaws.aws import Aws
from localaws.ministack import identity
from localaws.ministack.patching import Patch

EVENTS, ALARMS = "events.amazonaws.com", "cloudwatch.amazonaws.com"
_ACTIONS = {"sns": "sns:Publish", "sqs": "sqs:SendMessage", "lambda": "lambda:InvokeFunction"}
_KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")
# What a topic or queue adds to the calls of its key, for the key's policy to ask for.
_ENCRYPTION_CONTEXT = {"sns": "kms:encryptioncontext:aws:sns:topicarn", "sqs": "kms:encryptioncontext:aws:sqs:arn"}


@dataclass(frozen=True)
class Refusal:
    """Why a call of a service failed: the error code of a dead letter, the action, and a sentence."""

    code: str
    action: str
    message: str


def find_refusal(service: str, target: str, source: str, account: str) -> Refusal | None:
    """Why `service` may not deliver to `target` (an ARN) for `source` (an ARN) of an account; None where it may."""
    parts = target.split(":")
    kind, region = parts[2], parts[3]
    found = _find_target(kind, target)
    if found is None:
        return Refusal("NO_RESOURCE", _ACTIONS[kind], f"The target {target} does not exist.")
    policy, key_id = found
    refused = _ask(service, _ACTIONS[kind], target, region, policy, _context(service, kind, source, account))
    if refused or not key_id:
        return refused
    return next(_key_refusals(service, target, key_id, _key_context(service, source, account, target)), None)


def find_key(target: str) -> str:
    """The ARN of the key that a topic or queue (an ARN) is encrypted with; empty where there is none of the account."""
    _, key_id = _find_target(target.split(":")[2], target) or (None, "")
    key = _find_key(key_id)
    return str(key["Arn"]) if key else ""


def _ask(
    service: str, action: str, resource: str, region: str, policy: object, context: Mapping[str, str]
) -> Refusal | None:
    decision = identity.policy_decision(policy, service, action, resource, region, context)
    if decision == "Allow":
        return None
    because = (
        "with an explicit deny in a resource-based policy"
        if decision == "Deny"
        else f"because no resource-based policy allows the {action} action"
    )
    sentence = f"User: {service} is not authorized to perform: {action} on resource: {resource} {because}"
    return Refusal("NO_PERMISSIONS", action, sentence)


def _key_refusals(service: str, target: str, key_id: str, context: Mapping[str, str]) -> Iterator[Refusal]:
    key = _find_key(key_id)
    if key is None:
        # AWS's managed keys let no service in but the one that they are for, and nobody can change their policy.
        yield Refusal("NO_PERMISSIONS", _KEY_ACTIONS[0], f"{service} may not use the key {key_id} of {target}.")
        return
    if key["KeyState"] != "Enabled":
        yield Refusal("NO_PERMISSIONS", _KEY_ACTIONS[0], f"The key {key['Arn']} of {target} is {key['KeyState']}.")
    for action in _KEY_ACTIONS:
        refused = _ask(service, action, key["Arn"], key["Arn"].split(":")[3], key.get("Policy"), context)
        if refused:
            yield refused


def _find_target(kind: str, target: str) -> tuple[object, str] | None:
    """The target's policy and key; None where there is no such target."""
    if kind == "lambda":
        found, config, _ = lambda_svc._get_func_record_for_ref(target)
        return (found["policy"], "") if found and config else None
    kept: dict[str, Any] | None = sns._topic_by_arn_any_scope(target) if kind == "sns" else sqs._queue_by_arn(target)
    if kept is None:
        return None
    return kept["attributes"].get("Policy"), str(kept["attributes"].get("KmsMasterKeyId") or "")


def _find_key(key_id: str) -> dict[str, Any] | None:
    """A key's description, by its ARN, id or alias; None where there is no such key."""
    found: dict[str, Any] | None = kms._resolve_key(key_id)
    return found


def _context(service: str, kind: str, source: str, account: str) -> dict[str, str]:
    if service == EVENTS and kind == "sns":
        return {}
    named = {"aws:sourcearn": source, "aws:sourceaccount": account}
    return named if service == EVENTS else named | {"aws:sourceowner": account}


def _key_context(service: str, source: str, account: str, target: str) -> dict[str, str]:
    named = {} if service == EVENTS else {"aws:sourcearn": source, "aws:sourceaccount": account}
    return named | {_ENCRYPTION_CONTEXT[target.split(":")[2]]: target}


logger = logging.getLogger(__name__)

Document = dict[str, Any]
Deliver = Callable[..., None]

_FIELDS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


def patch(_: Aws) -> Patch:
    """Ask the policies of the target and of its key before each delivery of alarms, topics and buckets."""
    return Patch(
        replaces={
            cloudwatch: {"_dispatch_alarm_actions": _from_an_alarm},
            s3: {"_deliver_event_to_lambda": _from_a_bucket},
            sns: {"_deliver_to_lambda": _from_a_topic, "topic_policy_allows": lambda _: _allows},
            sqs: {"queue_policy_allows": lambda _: _allows},
        },
        reads={
            cloudwatch: ("_history_entries", "_ts_iso"),
            kms: ("_resolve_key",),
            lambda_svc: ("_get_func_record_for_ref",),
            sns: ("_topic_by_arn_any_scope",),
            sqs: ("_queue_by_arn",),
        },
    )


def _allows(target: str, service: str, source: str, account: str) -> bool:
    return not _log_refusal(find_refusal(service, target, source, account))


def _log_refusal(refused: Refusal | None) -> bool:
    if refused:
        logger.warning("Not delivered: %s", refused.message)
    return refused is not None


def _from_a_topic(deliver: Deliver) -> Deliver:
    def deliver_if_granted(function: str, envelope: str, topic: str, *more: object) -> None:
        if not _log_refusal(find_refusal("sns.amazonaws.com", function, topic, topic.split(":")[4])):
            deliver(function, envelope, topic, *more)

    return deliver_if_granted


def _from_a_bucket(deliver: Deliver) -> Deliver:
    def deliver_if_granted(function: str, event: Document, *more: object) -> None:
        bucket = event["Records"][0]["s3"]["bucket"]
        # The function's account is the bucket's here: this AWS has one.
        if not _log_refusal(find_refusal("s3.amazonaws.com", function, bucket["arn"], function.split(":")[4])):
            deliver(function, event, *more)

    return deliver_if_granted


def _from_an_alarm(dispatch: Deliver) -> Deliver:
    def dispatch_what_is_granted(alarm: Document, old: str, new: str, reason: str) -> None:
        name = _FIELDS.get(new, "")
        granted = [action for action in alarm.get(name) or [] if not _refused_action(alarm, action)]
        dispatch({**alarm, name: granted}, old, new, reason)

    return dispatch_what_is_granted


def _refused_action(alarm: Document, action: object) -> bool:
    """Whether an alarm's action is a topic that it may not publish to; the alarm's history then has it."""
    if not isinstance(action, str) or ":sns:" not in action or not alarm.get("ActionsEnabled", True):
        return False
    source = alarm["AlarmArn"]
    refused = find_refusal(ALARMS, action, source, source.split(":")[4])
    if not _log_refusal(refused) or refused is None:
        return False
    # In AWS's words: https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
    error = (
        "CloudWatch Alarms does not have authorization to access the SNS topic encryption key."
        if refused.action.startswith("kms:")
        else f"Resource: {source} is not authorized to perform: SNS:Publish on resource: {action}"
    )
    _note(alarm, f'Failed to execute action {action}. Received error: "{error}"', {"error": error, "resource": action})
    return True


def _note(alarm: Document, summary: str, data: Document) -> None:
    cloudwatch._history_entries().append(
        {
            "AlarmName": alarm["AlarmName"],
            "AlarmType": "CompositeAlarm" if "AlarmRule" in alarm else "MetricAlarm",
            "Timestamp": cloudwatch._ts_iso(time.time()),
            "HistoryItemType": "Action",
            "HistorySummary": summary,
            "HistoryData": json.dumps({"actionState": "Failed", **data}),
        }
    )
