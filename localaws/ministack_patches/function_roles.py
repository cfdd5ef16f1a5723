"""What Lambda itself does under a function's role: writing its log, and keeping what it gave up.

MiniStack does both as nobody. On AWS, a function whose role does not allow them has no log, or loses its event.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from localaws.errors import AwsError
from localaws.iam.authority import Authority
from localaws.ministack import replace
from localaws.ministack_patches.service_grants import find_key
from localaws.settings import Settings

logger = logging.getLogger(__name__)

Document = dict[str, Any]
Do = Callable[..., None]
Allowed = Callable[[str, str, str], bool]

_LAMBDA = "lambda.amazonaws.com"
_SENDING = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}


def apply(authority: Authority, settings: Settings) -> None:
    """Ask a function's role before its log is written and before its failed events are sent on."""
    from ministack.services import lambda_svc  # noqa: PLC0415 - after configure()

    def allowed(role: str, action: str, resource: str) -> bool:
        try:
            authority.check(role, action, resource, service=_LAMBDA)
        except AwsError as error:
            logger.warning("%s", error.message)
            return False
        return True

    groups = f"arn:aws:logs:{settings.region}:{settings.account}:log-group:"
    replace(lambda_svc, "_emit_lambda_logs", lambda emit: _logging(emit, allowed, groups))
    replace(lambda_svc, "_route_async_failure", lambda send: _sending(send, allowed))


def _logging(emit: Do, allowed: Allowed, groups: str) -> Do:
    def emit_if_allowed(function: Document, *details: object, **more: object) -> None:
        config = function.get("config") or function
        group = f"{groups}/aws/lambda/{config['FunctionName']}:log-stream:"
        role = config.get("Role", "")
        if all([allowed(role, "logs:CreateLogStream", group), allowed(role, "logs:PutLogEvents", f"{group}*")]):
            emit(function, *details, **more)

    return emit_if_allowed


def _sending(send: Do, allowed: Allowed) -> Do:
    def send_if_allowed(target: str, name: str, event: Document, result: Document) -> None:
        from ministack.services import lambda_svc  # noqa: PLC0415

        config = lambda_svc._functions.get(name, {}).get("config", {})
        action, role = _SENDING.get(target.split(":")[2], ""), config.get("Role", "")
        if not action or (allowed(role, action, target) and _may_use_key(allowed, role, target)):
            send(target, name, event, result)

    return send_if_allowed


def _may_use_key(allowed: Allowed, role: str, target: str) -> bool:
    key = find_key(target) if ":sqs:" in target or ":sns:" in target else ""
    return not key or all([allowed(role, "kms:GenerateDataKey", key), allowed(role, "kms:Decrypt", key)])
