"""IAM: what MiniStack's enforcement leaves out, and what it takes at its word.

- `aws:PrincipalArn` of a session is the role's ARN; MiniStack has the session's:
  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
- A role that CloudFormation makes or changes keeps its permissions boundary:
  https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
- Where IAM is enforced, a call under a role is authorized for all that it needs beyond itself, with AWS's resources and
  condition keys, and AssumeRoleWithWebIdentity's token must be signed by a provider that is known; the role's trust
  policy is then asked by MiniStack, with the provider and the claims `aud` and `sub`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.services import iam, sts

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.iam import requests
from localaws.iam.log import AccessLog
from localaws.iam.tokens import issuer_host, verify
from localaws.ministack import cloudformation, identity, scope, services
from localaws.ministack.identity import Context, refused, role_of
from localaws.ministack.patching import Patch
from localaws.ministack_patches import service_grants
from localaws.settings import Settings

Resolve = Callable[[str, Any], Any]
_SESSION = ":assumed-role/"
# Services whose requests are asked about by what is in their bodies.
_BODIES = ("states", "cloudformation", "events", "cloudwatch", "monitoring", "iam", "lambda", "logs")
_POLICIES = 1024  # whose texts are kept in their parsed form
_body: ContextVar[bytes] = ContextVar("body", default=b"")


def patch(aws: Aws) -> Patch:
    """Complete roles of templates and condition keys; authorize what MiniStack does not, where IAM is enforced."""
    questions = Questions(aws.settings, AccessLog(aws.settings.access_log))
    return Patch(
        replaces={iam_evaluator: {"_resolve_condition_key": _resolving}},
        handlers={(_ROLE, "create"): keep_when_made, (_ROLE, "update"): keep_when_changed},
        enforced={
            # Nothing leaves this machine: a bucket's policy that demands TLS is kept.
            app: {"pin_request_origin": lambda pin: lambda address, _: pin(address, True)},
            iam_actions: {
                "access_denied_response": _naming_what_was_refused,
                "extract_resource_arn": _remembering_body,
            },
            iam_evaluator: {
                "enforce": lambda enforce: authorizing(enforce, questions),
                "parse_policy_document": _parsing_once,
            },
            sts: {"_web_identity_trust_denied": lambda deny: _verifying(deny, aws.settings.issuers)},
        },
        reads={
            iam: ("_boundary_policy_error", "_oidc_providers", "_roles"),
            iam_actions: ("identity_denial_message",),
            sts: ("_error", "_p"),
        },
    )


def _resolving(resolve: Resolve) -> Resolve:
    def resolve_role(key: str, context: Any) -> Any:  # noqa: ANN401 - MiniStack's own
        found = resolve(key, context)
        if key.lower() == "aws:principalarn" and _SESSION in str(found):
            return _role_arn(found)
        return found

    return resolve_role


def _role_arn(session: str) -> str:
    """`arn:aws:sts::<account>:assumed-role/<role>/<session>` as the role's ARN, with the role's path."""
    partition, account = session.split(":")[1], session.split(":")[4]
    name = session.partition(_SESSION)[2].partition("/")[0]
    role = iam._roles.get_scoped(account, None, name)
    return str(role["Arn"]) if role else f"arn:{partition}:iam::{account}:role/{name}"


_ROLE = "AWS::IAM::Role"
Made = tuple[str, dict[str, Any]]
Handler = Callable[..., Made]


def keep_when_made(create: Handler) -> Handler:
    """Give a new role its boundary."""

    def create_with_boundary(logical_id: str, properties: dict[str, Any], *more: Any) -> Made:  # noqa: ANN401
        _check(properties)
        made = create(logical_id, properties, *more)
        _bound(made, properties)
        return made

    return create_with_boundary


def keep_when_changed(update: Handler) -> Handler:
    """Give a changed role the boundary that it is to have, which may be none."""

    def update_with_boundary(
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        *more: Any,  # noqa: ANN401
    ) -> Made:
        _check(new)
        made = update(physical_id, old, new, *more)
        _bound(made, new)
        return made

    return update_with_boundary


def _bound(made: Made, properties: dict[str, Any]) -> None:
    if made[0] in iam._roles:
        iam._roles[made[0]]["PermissionsBoundary"] = properties.get("PermissionsBoundary") or None


def _check(properties: dict[str, Any]) -> None:
    boundary = properties.get("PermissionsBoundary")
    if boundary and iam._boundary_policy_error(boundary):
        raise ValueError(f"Scope ARN: {boundary} does not exist or is not attachable.")


Response = tuple[int, dict[str, str], bytes]
Deny = Callable[[str, dict[str, Any], bool], Response | None]


@dataclass(frozen=True)
class Questions:
    """What AWS asks about a request and MiniStack does not, and the log of the answers to roles."""

    settings: Settings
    log: AccessLog

    def resource(self, action: str, found: str, body: bytes) -> str:
        """The resource to ask about, where MiniStack found `found` in a request."""
        return requests.resource(action, found, body, cloudformation.find_stack)

    def context(self, action: str, body: bytes) -> Context:
        """Condition keys of a request that MiniStack does not supply."""
        return requests.context(action, body, lambda kind, name: identity.boundary(kind, name, self.settings.account))

    def further(self, action: str, resource: str, body: bytes) -> Iterator[tuple[str, str, Context]]:
        """Actions, resources and conditions that must be allowed as well."""
        for check in requests.further(scope.here(self.settings), _find_key, action, resource, body):
            yield check.action, check.resource, check.context

    def note(self, role: str, action: str, resource: str, allowed: bool) -> None:
        """Log an answer to a role."""
        # A function may outlive its role by a call, while their stack is deleted; that is no matter of the policy.
        if allowed or identity.has_role(role, self.settings.account):
            self.log.note(role, action, resource, allowed)


def _find_key(encrypted: str) -> str | None:
    kind, name = encrypted.split(":")[2], encrypted.rpartition(":")[2]
    return services.bucket_key(name) if kind == "s3" else service_grants.find_key(encrypted) or None


def _parsing_once(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Read a policy's text once: CloudFormation asks a role some thousand questions, else a millisecond each."""
    known = lru_cache(maxsize=_POLICIES)(parse)
    return lambda document: known(document) if isinstance(document, str) else parse(document)


def _remembering_body(extract: Callable[..., str]) -> Callable[..., str]:
    def extract_and_remember(service: str, method: str, path: str, headers: object, body: bytes, *more: object) -> str:
        _body.set(body if service in _BODIES else b"")
        return extract(service, method, path, headers, body, *more)

    return extract_and_remember


def authorizing(enforce: Callable[..., Any], questions: Questions) -> Callable[..., Any]:
    """Ask `questions` in each decision about a call under a role's credentials."""

    def ask(key: str, action: str, service: str, region: str, resource: str, context: Any) -> Any:  # noqa: ANN401
        denied = enforce(key, action, service, region, resource_arn=resource, service_context=context)
        role = role_of(key)
        if role and (denied is None or hasattr(denied, "decision")):
            questions.note(role, action, resource, denied is None)
        return denied

    def ask_all(
        key: str,
        action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401 - MiniStack's own
        refused.set(None)
        resource = questions.resource(action, resource_arn, _body.get())
        service_context = {**(service_context or {}), **questions.context(action, _body.get())}
        denied = ask(key, action, service, region, resource, service_context)
        if denied is not None or role_of(key) is None:
            return denied
        for also, on, context in questions.further(action, resource, _body.get()):
            denied = ask(key, also, also.partition(":")[0], region, on, dict(context))
            if denied is not None:
                refused.set((also, on))
                return denied
        return None

    return ask_all


def _naming_what_was_refused(answer: Callable[..., Any]) -> Callable[..., Any]:
    """The answer names the action that was refused, also where it was not the one that was called."""

    def answer_with_name(service: str, action: str, principal: str, *details: object, **more: Any) -> Any:  # noqa: ANN401
        found = refused.get()
        if found:
            action, more["resource_arn"] = found
            explicit = bool(more.get("explicit_deny"))
            more["message"] = iam_actions.identity_denial_message(action, principal, found[1], explicit)
        return answer(service, action, principal, *details, **more)

    return answer_with_name


def _verifying(deny: Deny, issuers: Path) -> Deny:
    """Verify a token before the role is asked; `issuers` holds the keys of the providers."""

    def verify_and_ask(role: str, params: dict[str, Any], use_json: bool) -> Response | None:
        token = sts._p(params, "WebIdentityToken")
        kept = {arn.partition(":oidc-provider/")[2]: iam._oidc_providers.get(arn) for arn in iam._oidc_providers}
        clients = {host: provider["ClientIDList"] for host, provider in kept.items()}
        try:
            verify(token, issuers, clients, clients.get(issuer_host(token), []))
        except AwsError as error:
            answer: Response = sts._error(error.status, error.code, error.message, ns="sts")
            return answer
        return deny(role, params, use_json)

    return verify_and_ask
