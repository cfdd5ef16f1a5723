"""The one place that knows MiniStack from inside.

MiniStack (pinned exactly) answers for every service but SageMaker. We use its ASGI application as a whole, and
these private names, each asserted at start-up so that another version fails with a sentence instead of strangely:
publishing events under `aws.*`, registering a CloudFormation type, reading an object, and saving its state.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Protocol
from urllib.parse import parse_qs, quote

from localaws.errors import AwsError
from localaws.ministack.saving import AsgiApp
from localaws.settings import HOST, Settings

PINNED = "1.5.33"

Create = Callable[[str, dict[str, Any], str], tuple[str, dict[str, Any]]]
Delete = Callable[[str, dict[str, Any]], None]
Update = Callable[[str, dict[str, Any], dict[str, Any], str], tuple[str, dict[str, Any]]]
Context = Mapping[str, str | list[str]]

# Services whose requests are asked about by what is in their bodies.
_BODIES = ("states", "cloudformation", "events", "cloudwatch", "monitoring", "iam", "lambda", "logs")
_POLICIES = 1024  # whose texts are kept in their read form

# Of the request that is being decided about: its body, and what was refused of what it needs beyond the call itself.
_body: ContextVar[bytes] = ContextVar("body", default=b"")
_refused: ContextVar[tuple[str, str] | None] = ContextVar("refused", default=None)


# Services whose sessions of a role are not called by the first part of their names.
_SESSIONS = {"cloudformation.amazonaws.com": "AWSCloudFormation"}


class MiniStackError(RuntimeError):
    """The MiniStack that is installed is not the one that this project was built on."""


def configure(settings: Settings) -> None:
    """Set MiniStack's environment; it reads most of it when it is imported, so this comes first."""
    state = settings.home / "ministack"
    os.environ.update(
        {
            "GATEWAY_PORT": str(settings.port),
            "BIND_HOST": HOST,
            "MINISTACK_HOST": "localhost",
            "MINISTACK_REGION": settings.region,
            "MINISTACK_ACCOUNT_ID": settings.account,
            "PERSIST_STATE": "1",
            "STATE_DIR": str(state / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(state / "s3"),
            "LAMBDA_EXECUTOR": "local",
            "AUTH": "true" if settings.enforce_iam else "false",
            "SFTP_ENABLED": "0",
            "IOT_MTLS_ENABLED": "0",
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        }
    )


def load() -> AsgiApp:
    """Import MiniStack's application, having checked that it is the version and has the names we lean on."""
    installed = version("ministack")
    if installed != PINNED:
        raise MiniStackError(f"MiniStack {installed} is installed; {PINNED} is needed: run `make install`.")
    from ministack import app  # noqa: PLC0415 - after configure()
    from ministack.core import iam_actions, iam_evaluator, persistence, responses, router, sigv4  # noqa: PLC0415
    from ministack.services import (  # noqa: PLC0415
        cloudformation,
        cloudwatch,
        eventbridge,
        iam,
        lambda_svc,
        s3,
        sts,
    )
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415

    for module, name in (
        (app, "app"),
        (app, "SERVICE_NAME_ALIASES"),
        (app, "SERVICE_REGISTRY"),
        (app, "_build_persistence_save_dict"),
        (cloudformation, "_PERSISTED_STORES"),
        (cloudformation, "_change_sets"),
        (cloudformation, "_stacks"),
        (eventbridge, "_cron_next_fire"),
        (eventbridge, "_parse_cron_fields"),
        (eventbridge, "_put_events"),
        (lambda_svc, "_LAMBDA_ASYNC_RETRY_BASE_SECONDS"),
        (lambda_svc, "_execute_function_with_config_scope"),
        (lambda_svc, "_execution_record_for_config"),
        (lambda_svc, "_get_func_record_for_ref"),
        (lambda_svc, "_route_async_failure"),
        (lambda_svc, "_run_with_function_config_scope"),
        (cloudwatch, "_alarms"),
        (cloudwatch, "_delete_alarms"),
        (cloudwatch, "_put_metric_alarm"),
        (iam, "_create_service_linked_role"),
        (iam, "_roles"),
        (iam, "_users"),
        (iam_actions, "identity_denial_message"),
        (app, "_credential_failure"),
        (app, "_extract_s3_vhost_bucket"),
        (iam_evaluator, "_sigv2_check"),
        (iam_evaluator, "find_iam_access_key_account"),
        (iam_evaluator, "is_root_access_key"),
        (iam_evaluator, "resolve_credential"),
        (iam_evaluator, "EvalContext"),
        (iam_evaluator, "evaluate_resource_policy"),
        (iam_evaluator, "pin_request_origin"),
        (iam_evaluator, "pin_signed_body"),
        (iam_evaluator, "pin_signed_request"),
        (persistence, "_json_default"),
        (persistence, "_state_format_version"),
        (responses, "_account_from_sts_session"),
        (router, "detect_service"),
        (router, "extract_access_key_id"),
        (sigv4, "_amz_datetime"),
        (sigv4, "_cached_signing_key"),
        (sigv4, "_chunk_signatures_match"),
        (sigv4, "header_signing_documents"),
        (sigv4, "presigned_request_is_expired"),
        (sigv4, "request_time_failure"),
        (sts, "_sessions"),
        (sts, "register_session"),
        (s3, "_bucket_default_sse_headers"),
        (s3, "_get_object_data"),
        (provisioners, "_RESOURCE_HANDLERS"),
        (provisioners, "_eb_rule_create"),
        (provisioners, "_REPLACING_PROPERTIES"),
        (provisioners, "_CUSTOM_NAME_REPLACEMENT"),
        (provisioners, "_STACK_TAG_PROPERTY"),
    ):
        if not hasattr(module, name):
            raise MiniStackError(f"MiniStack {installed} has no {module.__name__}.{name}, which localaws leans on.")
    application: AsgiApp = app.app
    return application


def deliver_event(event: dict[str, Any]) -> None:
    """Put an event with an `aws.*` source on the default bus, which PutEvents refuses to clients."""
    from ministack.services import eventbridge  # noqa: PLC0415

    eventbridge._put_events({"Entries": [event]}, allow_aws_source=True)


def cron_fields(expression: str) -> Any:  # noqa: ANN401 - MiniStack's own
    """The fields of an AWS cron expression; None for a text that is none, or has a number that never comes."""
    from ministack.services import eventbridge  # noqa: PLC0415

    try:
        fields = eventbridge._parse_cron_fields(expression)
    except (ArithmeticError, LookupError, ValueError):
        return None
    if fields is None:
        return None
    minutes, hours, days, months, weekdays = fields[:5]
    bounds = ((minutes, 0, 59), (hours, 0, 23), (days["days"], 1, 31), (months, 1, 12), (weekdays["days"], 1, 7))
    return fields if all(low <= value <= high for values, low, high in bounds for value in values) else None


def next_of_cron(expression: str, after: datetime) -> datetime | None:
    """The first time of a valid cron expression later than `after`, on the same clock and in the same zone."""
    from ministack.services import eventbridge  # noqa: PLC0415

    found: datetime | None = eventbridge._cron_next_fire(cron_fields(expression), after)
    return found


def add_resource_type(
    name: str,
    create: Create,
    delete: Delete,
    update: Update | None = None,
    *,
    replacing: Sequence[str] = (),
    named: str | None = None,
    tagged: bool = False,
) -> None:
    """Teach CloudFormation a type: `create(logical_id, properties, stack)` answers physical id and attributes.

    `update(physical_id, old_properties, new_properties, stack)` answers the same; without it, and for a change of one
    of the properties `replacing`, the resource is made anew and the old one deleted. AWS refuses this where the
    template gives the name (the property `named`). A `tagged` type gets the stack's tags among its own.
    """
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415

    handlers: dict[str, Any] = {"create": create, "delete": delete}
    if update:
        handlers["update"] = update
    provisioners._RESOURCE_HANDLERS[name] = handlers
    if replacing:
        provisioners._REPLACING_PROPERTIES[name] = tuple(replacing)
    if named:
        provisioners._CUSTOM_NAME_REPLACEMENT[name] = {"name": named}
    if tagged:
        provisioners._STACK_TAG_PROPERTY[name] = ("Tags", "list")


def change_create(name: str, make: Callable[[Any], Any]) -> None:
    """Put `make(what stands there)` in the place of how CloudFormation creates a type that MiniStack knows."""
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415

    handlers = provisioners._RESOURCE_HANDLERS[name]
    provisioners._RESOURCE_HANDLERS[name] = {**handlers, "create": make(handlers["create"])}


def work_beside_the_loop(types: Collection[str]) -> None:
    """Let these types' handlers run in threads: they wait, or ask the local AWS itself over its port."""
    from ministack.services.cloudformation import stacks  # noqa: PLC0415

    replace(stacks, "_runs_on_worker_thread", lambda runs: lambda name: name in types or runs(name))


def read_object(bucket: str, key: str, version: str | None = None) -> bytes | None:
    """An object of S3, for who is called inside MiniStack's own loop, where a request would wait for itself."""
    from ministack.services import s3  # noqa: PLC0415

    content: bytes | None = s3._get_object_data(bucket, key, version)
    return content


def add_import(name: str, adopt: Callable[[dict[str, str]], tuple[str, dict[str, Any]]]) -> None:
    """Let CloudFormation import resources of a type: `adopt(identifier)` answers physical id and attributes."""
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415

    provisioners._RESOURCE_HANDLERS[name]["import"] = adopt


def replace(module: object, name: str, make: Callable[[Any], Any]) -> None:
    """Put `make(what stands there)` in the place of a private name, which must be there; see ministack_patches/."""
    if not hasattr(module, name):
        raise MiniStackError(f"MiniStack {PINNED} has no {getattr(module, '__name__', module)}.{name} to be replaced.")
    setattr(module, name, make(getattr(module, name)))


def has_role(name: str, account: str) -> bool:
    """Whether IAM has a role of this name."""
    from ministack.services import iam  # noqa: PLC0415

    return iam._roles.get_scoped(account, None, name) is not None


def boundary(kind: str, name: str, account: str) -> str | None:
    """The ARN of the permissions boundary of a `role` or `user`; None where it has none, or there is nobody."""
    from ministack.services import iam  # noqa: PLC0415

    store = iam._roles if kind == "role" else iam._users
    return (store.get_scoped(account, None, name) or {}).get("PermissionsBoundary") or None


def add_linked_role(name: str, service: str, account: str) -> None:
    """Make the role that an AWS service makes for itself, where IAM has none of this name."""
    from ministack.services import iam  # noqa: PLC0415

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


def put_alarm(alarm: dict[str, Any]) -> str:
    """Make or change a CloudWatch alarm of one metric, with PutMetricAlarm's members; answers its ARN."""
    from ministack.services import cloudwatch  # noqa: PLC0415

    cloudwatch._put_metric_alarm({}, alarm, False, True)
    return str(cloudwatch._alarms[alarm["AlarmName"]]["AlarmArn"])


def delete_alarms(names: Sequence[str]) -> None:
    """Delete CloudWatch alarms; those that are gone already are passed over."""
    from ministack.services import cloudwatch  # noqa: PLC0415

    if names:
        cloudwatch._delete_alarms({}, {"AlarmNames": list(names)}, False, True)


@dataclass(frozen=True)
class Caller:
    """A request as it came in, from which who sent it is known: an ASGI scope and the body."""

    scope: dict[str, Any]
    body: bytes


class Judge(Protocol):
    """What is asked beyond MiniStack's own questions, and who is told of the answers; see localaws.iam."""

    def resource(self, action: str, found: str, body: bytes) -> str:
        """The resource to ask about, where MiniStack found `found` in a request."""

    def context(self, action: str, body: bytes) -> Context:
        """Condition keys of a request that MiniStack does not supply."""

    def further(self, action: str, resource: str, body: bytes) -> Iterable[tuple[str, str, Context]]:
        """Actions, resources and conditions that must be allowed as well."""

    def note(self, role: str, action: str, resource: str, allowed: bool) -> None:
        """An answer to a role."""


def judge(by: Judge) -> None:
    """Let `by` have its say in each decision about a call under a role's credentials."""
    from ministack import app  # noqa: PLC0415 - after configure()
    from ministack.core import iam_actions, iam_evaluator  # noqa: PLC0415

    replace(iam_actions, "extract_resource_arn", _remembering_body)
    replace(iam_evaluator, "enforce", lambda enforce: _judged(enforce, by))
    replace(iam_evaluator, "parse_policy_document", _reading_once)
    replace(iam_actions, "access_denied_response", _naming_what_was_refused)
    # Nothing leaves this machine: a bucket's policy that demands TLS is kept.
    replace(app, "pin_request_origin", lambda pin: lambda address, _: pin(address, True))


def _reading_once(parse: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Read a policy's text once: CloudFormation asks a role some thousand questions, else a millisecond each."""
    known = lru_cache(maxsize=_POLICIES)(parse)
    return lambda document: known(document) if isinstance(document, str) else parse(document)


def _remembering_body(extract: Callable[..., str]) -> Callable[..., str]:
    def extract_and_remember(service: str, method: str, path: str, headers: object, body: bytes, *more: object) -> str:
        _body.set(body if service in _BODIES else b"")
        return extract(service, method, path, headers, body, *more)

    return extract_and_remember


def _judged(enforce: Callable[..., Any], by: Judge) -> Callable[..., Any]:
    def ask(key: str, action: str, service: str, region: str, resource: str, context: Any) -> Any:  # noqa: ANN401
        denied = enforce(key, action, service, region, resource_arn=resource, service_context=context)
        role = _role_of(key)
        if role and (denied is None or hasattr(denied, "decision")):
            by.note(role, action, resource, denied is None)
        return denied

    def ask_all(
        key: str,
        action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: Any = None,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401 - MiniStack's own
        _refused.set(None)
        resource = by.resource(action, resource_arn, _body.get())
        service_context = {**(service_context or {}), **by.context(action, _body.get())}
        denied = ask(key, action, service, region, resource, service_context)
        if denied is not None or _role_of(key) is None:
            return denied
        for also, on, context in by.further(action, resource, _body.get()):
            denied = ask(key, also, also.partition(":")[0], region, on, dict(context))
            if denied is not None:
                _refused.set((also, on))
                return denied
        return None

    return ask_all


def _naming_what_was_refused(answer: Callable[..., Any]) -> Callable[..., Any]:
    """The answer names the action that was refused, also where it was not the one that was called."""

    def answer_with_name(service: str, action: str, principal: str, *details: object, **more: Any) -> Any:  # noqa: ANN401
        from ministack.core import iam_actions  # noqa: PLC0415

        refused = _refused.get()
        if refused:
            action, more["resource_arn"] = refused
            explicit = bool(more.get("explicit_deny"))
            more["message"] = iam_actions.identity_denial_message(action, principal, refused[1], explicit)
        return answer(service, action, principal, *details, **more)

    return answer_with_name


def bucket_key(bucket: str) -> str | None:
    """The ARN of the KMS key that a bucket encrypts with; None where it has none of the account's own."""
    from ministack.services import s3  # noqa: PLC0415

    key = s3._bucket_default_sse_headers(bucket).get("x-amz-server-side-encryption-aws-kms-key-id", "")
    return key if ":key/" in key else None


def find_stack(stack: str, change_set: str = "") -> str | None:
    """The id of a stack, by its name or one of its change sets' ARNs; None for one that is not there."""
    from ministack.services import cloudformation  # noqa: PLC0415

    of_change_set = cloudformation._change_sets.get(change_set) if change_set else None
    found = cloudformation._stacks.get(of_change_set["StackName"] if of_change_set else stack)
    return found["StackId"] if found else None


def identify(caller: Caller) -> str:
    """The access key of a request, kept with the request so that `enforce` checks its signature."""
    from ministack.core import iam_evaluator, router  # noqa: PLC0415

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
    from ministack.core import iam_actions, iam_evaluator  # noqa: PLC0415

    _refused.set(None)
    service = action.partition(":")[0]
    denied = iam_evaluator.enforce(key, action, service, region, resource_arn=resource, service_context=dict(context))
    if denied is None:
        return
    if isinstance(denied, iam_evaluator.AuthError):
        raise AwsError(denied.code, denied.message, 403)
    explicit = denied.decision == "Deny"
    action, resource = _refused.get() or (action, resource)
    sentence = iam_actions.identity_denial_message(action, denied.principal_arn, resource, explicit)
    raise AwsError("AccessDeniedException", sentence)


def is_root(key: str) -> bool:
    """Whether an access key is the account's own, to which no policy applies."""
    from ministack.core import iam_evaluator  # noqa: PLC0415
    from ministack.services import sts  # noqa: PLC0415

    # The installation's key is a session of root for MiniStack; see localaws.iam.signatures.
    return bool(iam_evaluator.is_root_access_key(key)) or sts._sessions.get(key, {}).get("PrincipalType") == "Root"


def key_of(headers: Mapping[str, str], query: Mapping[str, Any]) -> str:
    """The access key that a request is signed with; empty where it has none."""
    from ministack.core import router  # noqa: PLC0415

    return str(router.extract_access_key_id(headers, query) or "")


def assume(role: str, service: str, account: str, region: str, source: str = "") -> tuple[str, str, str] | None:
    """Key, secret and token of a session of a role for an AWS service; None where its trust policy forbids it.

    `source` is the ARN of the resource for which the service asks, where it tells one.
    """
    from ministack.core import iam_evaluator  # noqa: PLC0415
    from ministack.services import iam  # noqa: PLC0415

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
    """Key, secret and token of a session of a role, by its name; nobody is asked whether it may be taken on."""
    from ministack.services import sts  # noqa: PLC0415

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
    """What a resource's policy says to a call of an AWS service: Allow, Deny (a statement does) or ImplicitDeny.

    The context has lower-case names, and only what AWS supplies with the call.
    """
    from ministack.core import iam_evaluator  # noqa: PLC0415

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


def _role_of(key: str) -> str | None:
    from ministack.services import sts  # noqa: PLC0415

    _, found, session = sts._sessions.get(key, {}).get("Arn", "").partition(":assumed-role/")
    return session.split("/")[0] if found else None
