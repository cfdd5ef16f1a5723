"""Functions under their roles: their credentials, writing their logs, and keeping what they gave up.

MiniStack gives a function the number of the account as its key, which it takes for root; where it enforces IAM, it
draws key and secret from the function's ARN, so that whoever knows the name may call in the function's place. Here they
are random ones of a session of the role. Logs are written and failed events sent on as nobody; on AWS, a function whose
role does not allow them has no log, or loses its event.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.iam.authority import Authority
from localaws.ministack.patching import Patch
from localaws.ministack_patches.service_grants import find_key

logger = logging.getLogger(__name__)

Document = dict[str, Any]
Do = Callable[..., None]
Allowed = Callable[[str, str, str], bool]

_LAMBDA = "lambda.amazonaws.com"
_SENDING = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}


def patch(aws: Aws) -> Patch:
    """Issue functions their credentials; ask a function's role before Lambda acts for it, where IAM is enforced."""
    authority = aws.authority or Authority(aws.settings)

    def allowed(role: str, action: str, resource: str) -> bool:
        try:
            authority.check(role, action, resource, service=_LAMBDA)
        except AwsError as error:
            logger.warning("%s", error.message)
            return False
        return True

    def issue(config: Document) -> dict[str, str]:
        account = config["FunctionArn"].split(":")[4]
        return aws.sessions.of(config.get("Role"), account, config["FunctionName"][:64]).environment

    return Patch(
        replaces={
            lambda_runtime: {"execution_credentials": lambda _: issue},
            lambda_svc: {"execution_credentials": lambda _: issue},
        },
        enforced={
            lambda_svc: {
                "_emit_lambda_logs": lambda emit: _logging(emit, allowed),
                "_route_async_failure": lambda send: _sending(send, allowed),
            }
        },
        reads={lambda_svc: ("_functions",)},
    )


def _logging(emit: Do, allowed: Allowed) -> Do:
    def emit_if_allowed(function: Document, *details: object, **more: object) -> None:
        config = function.get("config") or function
        region, account = config["FunctionArn"].split(":")[3:5]
        group = f"arn:aws:logs:{region}:{account}:log-group:/aws/lambda/{config['FunctionName']}:log-stream:"
        role = config.get("Role", "")
        if all([allowed(role, "logs:CreateLogStream", group), allowed(role, "logs:PutLogEvents", f"{group}*")]):
            emit(function, *details, **more)

    return emit_if_allowed


def _sending(send: Do, allowed: Allowed) -> Do:
    def send_if_allowed(target: str, name: str, event: Document, result: Document) -> None:
        config = lambda_svc._functions.get(name, {}).get("config", {})
        action, role = _SENDING.get(target.split(":")[2], ""), config.get("Role", "")
        if not action or (allowed(role, action, target) and _may_use_key(allowed, role, target)):
            send(target, name, event, result)

    return send_if_allowed


def _may_use_key(allowed: Allowed, role: str, target: str) -> bool:
    key = find_key(target) if ":sqs:" in target or ":sns:" in target else ""
    return not key or all([allowed(role, "kms:GenerateDataKey", key), allowed(role, "kms:Decrypt", key)])
