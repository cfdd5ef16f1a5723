"""What AWS asks policies about a request to one of MiniStack's services, beyond what MiniStack asks.

It finds no resource in some of Step Functions' requests, and names log groups and stacks otherwise; it checks neither
the roles that are handed to Step Functions and Lambda nor the keys that objects, topics and queues are encrypted with.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs

from localaws.iam import condition_keys
from localaws.iam.checks import Check
from localaws.iam.condition_keys import BoundaryOf
from localaws.settings import Settings

_ON_LOG_GROUPS = {
    *("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DeleteLogGroup", "logs:DescribeLogStreams"),
    *("logs:FilterLogEvents", "logs:GetLogEvents", "logs:PutLogEvents"),
}
_MACHINES = ("stateMachineArn", "stateMachineAliasArn", "stateMachineVersionArn")
_VERSION = re.compile(r":\d+$")
# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html and SQS's page of the same name
_KEY_ACTIONS = {
    "s3:GetObject": ("kms:Decrypt",),
    "s3:PutObject": ("kms:GenerateDataKey",),
    "sns:Publish": ("kms:GenerateDataKey", "kms:Decrypt"),
    "sqs:SendMessage": ("kms:GenerateDataKey", "kms:Decrypt"),
    "sqs:ReceiveMessage": ("kms:Decrypt",),
}
_ENCRYPTION_CONTEXT = {"s3": "aws:s3:arn", "sns": "aws:sns:topicArn", "sqs": "aws:sqs:arn"}

StackOf = Callable[[str, str], str | None]  # the id of a stack, by its name or the ARN of a change set
KeyOf = Callable[[str], str | None]  # the account's own key of a bucket's default encryption, a topic or a queue (ARNs)


def resource(action: str, found: str, body: bytes, stack_of: StackOf = lambda *_: None) -> str:
    """The resource that AWS asks about, where MiniStack found `found`."""
    if action.startswith("cloudformation:") and (found == "*" or found.endswith("/*")):
        # The id of a stack that is there; a policy names it whole, and not by a pattern.
        change_set = parse_qs(body.decode(errors="replace")).get("ChangeSetName", [""])[0]
        name = found.partition(":stack/")[2].removesuffix("/*")
        return stack_of(name, change_set) or found
    if action in _ON_LOG_GROUPS and ":log-stream:" not in found:
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
        stream = _members(body).get("logStreamName", "") if action == "logs:GetLogEvents" else ""
        return f"{found.removesuffix(':*')}:log-stream:{stream}"
    # Of an alias that is made, MiniStack takes the name for that of a machine.
    if action == "states:CreateStateMachineAlias" or (action.startswith("states:") and found == "*"):
        return _machine(body)
    return found


def context(action: str, body: bytes, boundary_of: BoundaryOf = lambda *_: None) -> dict[str, str]:
    """Condition keys that AWS supplies with a request, beside those that MiniStack supplies.

    PutMetricData's namespace comes in whatever protocol it is sent.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
    """
    if action == "cloudwatch:PutMetricData":
        namespace = _namespace(body)
        return {"cloudwatch:namespace": namespace} if namespace else {}
    if action.startswith("cloudformation:"):
        return condition_keys.of_stacks(body)
    return condition_keys.of_identities(action, body, boundary_of) if action.startswith("iam:") else {}


def _namespace(body: bytes) -> str:
    """The member Namespace of a request in JSON, CBOR (RFC 8949, chapter 3) or a form; empty where there is none."""
    _, member, rest = body.partition(b"iNamespace")  # CBOR's text of nine bytes
    if member and rest and 0x60 <= rest[0] <= 0x78:
        long = rest[0] == 0x78
        length = rest[1] if long else rest[0] - 0x60
        return rest[1 + long : 1 + long + length].decode(errors="replace")
    named = _members(body).get("Namespace") or parse_qs(body.decode(errors="replace")).get("Namespace", [""])[0]
    return str(named)


def further(settings: Settings, key_of: KeyOf, action: str, found: str, body: bytes) -> Iterator[Check]:
    """What must be allowed as well for an action that is allowed."""
    if action in ("states:CreateStateMachine", "states:UpdateStateMachine"):
        members = _members(body)
        if members.get("publish") is True:
            yield Check("states:PublishStateMachineVersion", found)
        role = members.get("roleArn")
        if isinstance(role, str):
            yield Check("iam:PassRole", role, {"iam:PassedToService": "states.amazonaws.com"})
    if action in ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"):
        role = _members(body).get("Role")
        if isinstance(role, str):
            yield Check("iam:PassRole", role, {"iam:PassedToService": "lambda.amazonaws.com"})
    if action == "events:PutTargets":
        for role in _target_roles(body):
            yield Check("iam:PassRole", role, {"iam:PassedToService": "events.amazonaws.com"})
    encrypted = _encrypted(action, found)
    key = key_of(encrypted) if encrypted else None
    if key:
        service = action.partition(":")[0]
        context: dict[str, str | list[str]] = {
            "kms:ViaService": f"{service}.{settings.region}.amazonaws.com",
            "kms:CallerAccount": settings.account,
            f"kms:EncryptionContext:{_ENCRYPTION_CONTEXT[service]}": encrypted,
        }
        for key_action in _KEY_ACTIONS[action]:
            yield Check(key_action, key, context)


def _encrypted(action: str, found: str) -> str:
    """The bucket, topic or queue whose key an action uses; empty where none, as for a text message."""
    if action not in _KEY_ACTIONS or not found.startswith("arn:"):
        return ""
    return found.partition("/")[0] if action.startswith("s3:") else found


def _machine(body: bytes) -> str:
    members = _members(body)
    for member in (*_MACHINES, "mapRunArn"):
        if isinstance(members.get(member), str):
            return str(members[member])
    # An alias is made for the machine of the versions that it routes to.
    routes = members.get("routingConfiguration")
    version = routes[0].get("stateMachineVersionArn", "*") if isinstance(routes, list) and routes else "*"
    return _VERSION.sub("", version)


def _target_roles(body: bytes) -> list[str]:
    """The roles that a rule's targets are given."""
    targets = _members(body).get("Targets")
    found = (
        [target.get("RoleArn") for target in targets if isinstance(target, dict)] if isinstance(targets, list) else []
    )
    return sorted({role for role in found if isinstance(role, str)})


def _members(body: bytes) -> dict[str, object]:
    try:
        members = json.loads(body or b"{}")
    except ValueError:
        return {}
    return members if isinstance(members, dict) else {}
