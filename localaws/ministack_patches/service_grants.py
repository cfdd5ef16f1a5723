"""Whether an AWS service may reach a topic, a queue or a function: by its own policy, and by its key's.

MiniStack lets services deliver as nobody, or asks the target's policy with condition keys that AWS does not supply.
Here only those are in the question that AWS documents for the service and the target:

- EventBridge to SNS has no `aws:SourceAccount`, `aws:SourceArn` or the like, neither for the topic nor for a key:
  https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html and
  https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
- EventBridge to SQS and Lambda has the rule as `aws:SourceArn`, but for a queue's key nothing is documented:
  https://docs.aws.amazon.com/eventbridge/latest/userguide/rule-dlq.html
- CloudWatch's alarms, Budgets, S3 and SNS have both keys everywhere, and for topics `aws:SourceOwner`, by which the
  policy that SNS gives each new topic lets them in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from localaws import ministack

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
    decision = ministack.policy_decision(policy, service, action, resource, region, context)
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
    from ministack.services import lambda_svc, sns, sqs  # noqa: PLC0415

    if kind == "lambda":
        found, config, _ = lambda_svc._get_func_record_for_ref(target)
        return (found["policy"], "") if found and config else None
    kept: dict[str, Any] | None = sns._topic_by_arn_any_scope(target) if kind == "sns" else sqs._queue_by_arn(target)
    if kept is None:
        return None
    return kept["attributes"].get("Policy"), str(kept["attributes"].get("KmsMasterKeyId") or "")


def _find_key(key_id: str) -> dict[str, Any] | None:
    """A key's description, by its ARN, id or alias; None where there is no such key."""
    from ministack.services import kms  # noqa: PLC0415 - after configure()

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
