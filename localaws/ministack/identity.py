"""IAM and STS in MiniStack: who sent a request, what they may do, and sessions of roles."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote

from ministack.core import iam_actions, iam_evaluator, router
from ministack.services import iam, sts

from localaws.errors import AwsError

Context = Mapping[str, str | list[str]]

READS = {
    iam: ("_create_service_linked_role", "_roles", "_users"),
    iam_actions: ("identity_denial_message",),
    iam_evaluator: (
        *("AuthError", "EvalContext", "enforce", "evaluate_resource_policy", "is_root_access_key"),
        *("pin_request_origin", "pin_signed_body", "pin_signed_request"),
    ),
    router: ("extract_access_key_id",),
    sts: ("_sessions", "register_session"),
}

# Services whose sessions of a role are not called by the first part of their names.
_SESSIONS = {"cloudformation.amazonaws.com": "AWSCloudFormation"}

refused: ContextVar[tuple[str, str] | None] = ContextVar("refused", default=None)
"""What was refused of what the current request needs beyond the call itself: an action, and a resource."""


@dataclass(frozen=True)
class Caller:
    """A request as it came in, from which who sent it is known: an ASGI scope and the body."""

    scope: dict[str, Any]
    body: bytes


def has_role(name: str, account: str) -> bool:
    """Whether IAM has a role of this name."""
    return iam._roles.get_scoped(account, None, name) is not None


def boundary(kind: str, name: str, account: str) -> str | None:
    """The ARN of the permissions boundary of a `role` or `user`; None where it has none, or there is nobody."""
    store = iam._roles if kind == "role" else iam._users
    return (store.get_scoped(account, None, name) or {}).get("PermissionsBoundary") or None


def add_linked_role(name: str, service: str, account: str) -> None:
    """Make the role that an AWS service makes for itself, where IAM has none of this name."""
    if has_role(name, account):
        return
    request = {"AWSServiceName": [service]}
    status, _, _ = iam._create_service_linked_role(request)
    # MiniStack names such a role after the service's first word.
    made = iam._roles.pop(f"AWSServiceRoleFor{service.split('.', maxsplit=1)[0].capitalize()}") if status == 200 else {}
    iam._roles[name] = {
        **made,
        "RoleName": name,
        "Arn": f"arn:aws:iam::{account}:role/aws-service-role/{service}/{name}",
    }


def identify(caller: Caller) -> str:
    """The access key of a request, kept with the request so that `enforce` checks its signature."""
    scope = caller.scope
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    path = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
    iam_evaluator.pin_request_origin("127.0.0.1", True)
    # What stands in the address is signed as well, as a schedule's client token when it is deleted.
    query = parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
    iam_evaluator.pin_signed_request(scope["method"], path, query, scope["headers"])
    iam_evaluator.pin_signed_body(caller.body)
    key: str = router.extract_access_key_id(headers, {}) or ""
    return key


def enforce(key: str, action: str, resource: str, region: str, context: Context) -> None:
    """Raise AWS's error where the owner of an access key is unknown, or may not do `action` on `resource`."""
    refused.set(None)
    service = action.partition(":")[0]
    denied = iam_evaluator.enforce(key, action, service, region, resource_arn=resource, service_context=dict(context))
    if denied is None:
        return
    if isinstance(denied, iam_evaluator.AuthError):
        raise AwsError(denied.code, denied.message, 403)
    explicit = denied.decision == "Deny"
    action, resource = refused.get() or (action, resource)
    sentence = iam_actions.identity_denial_message(action, denied.principal_arn, resource, explicit)
    raise AwsError("AccessDeniedException", sentence)


def is_root(key: str) -> bool:
    """Whether an access key is the account's own, to which no policy applies."""
    # The installation's key is a session of root for MiniStack; see localaws.iam.signatures.
    return bool(iam_evaluator.is_root_access_key(key)) or sts._sessions.get(key, {}).get("PrincipalType") == "Root"


def key_of(headers: Mapping[str, str], query: Mapping[str, Any]) -> str:
    """The access key that a request is signed with; empty where it has none."""
    return str(router.extract_access_key_id(headers, query) or "")


def assume(role: str, service: str, account: str, region: str, source: str = "") -> tuple[str, str, str] | None:
    """Key, secret and token of a session of a role for an AWS service; None where its trust policy forbids it.

    `source` is the ARN of the resource for which the service asks, where there is one.
    """
    name = role.rsplit("/", 1)[-1]
    found = iam._roles.get_scoped(account, None, name)
    question = iam_evaluator.EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account=account,
        action="sts:AssumeRole",
        resource_arn=role,
        region=region,
        secure_transport=True,
        service_context={"aws:sourceaccount": account} | ({"aws:sourcearn": source} if source else {}),
    )
    trust = found and iam_evaluator.evaluate_resource_policy(found["AssumeRolePolicyDocument"], question, service)
    if not trust or trust.decision != "Allow":
        return None
    return issue(name, _SESSIONS.get(service, service.partition(".")[0]), account)


def issue(role: str, session: str, account: str) -> tuple[str, str, str]:
    """Key, secret and token of a session of a role, by its name; its trust policy is not evaluated."""
    key, secret, token = f"ASIA{secrets.token_hex(8).upper()}", secrets.token_hex(20), secrets.token_hex(32)
    sts.register_session(
        key,
        {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{session}",
            "UserId": f"{role}:{session}",
            "SecretAccessKey": secret,
            "SessionToken": token,
        },
    )
    return key, secret, token


def policy_decision(policy: object, service: str, action: str, resource: str, region: str, context: Context) -> str:
    """Evaluate a resource's policy for a call of an AWS service: Allow, Deny (by a statement) or ImplicitDeny.

    The context has lower-case names, and only what AWS supplies with the call.
    """
    question = iam_evaluator.EvalContext(
        principal_arn="*",  # no principal of an account: a statement for the account does not let a service in
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource,
        region=region,
        source_ip="",
        secure_transport=True,
        service_context={"aws:principalisawsservice": "true", "aws:principalservicename": service, **context},
    )
    decision: str = iam_evaluator.evaluate_resource_policy(policy or None, question, service).decision
    return decision


def role_of(key: str) -> str | None:
    """The name of the role whose session an access key belongs to; None for another key."""
    _, found, session = sts._sessions.get(key, {}).get("Arn", "").partition(":assumed-role/")
    return session.split("/")[0] if found else None
