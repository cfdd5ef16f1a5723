"""The role of a stack: given in a request, kept with the stack, asked in this and every later operation on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers, helpers

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.ministack import identity, scope
from localaws.ministack.patching import Patch
from localaws.settings import Settings
from localaws.stacks.acting import CLOUDFORMATION, Principal, acting_as

Request = dict[str, Any]
Answer = tuple[int, Any, Any]
Handle = Callable[[Request], Answer]

_ROLE, _STACK = "RoleARN", "StackName"
_CHANGES = ("UpdateStack", "DeleteStack", "RollbackStack", "ContinueUpdateRollback")
_caller: ContextVar[str] = ContextVar("caller", default="")


@dataclass(frozen=True)
class _Roles:
    """The stack of a request, the role that it gives, and the one that is used: that one, or what was kept."""

    stack: str
    given: str
    used: str


def patch(aws: Aws) -> Patch:
    """Keep the roles of stacks, and act as them where IAM is enforced."""
    return Patch(
        replaces={
            cloudformation: {
                "_ACTION_HANDLERS": lambda known: {**known, **_under_roles(aws.settings, known)},
                "handle_request": _remembering,
            }
        },
        reads={
            changesets: ("_find_change_set",),
            cloudformation: ("_stacks",),
            handlers: ("_resolve_stack",),
            helpers: ("_error",),
        },
        # Who may not, is not told what becomes of the stack.
        after=("cloudformation.stacks",),
    )


def _under_roles(settings: Settings, known: Mapping[str, Handle]) -> dict[str, Handle]:
    return {
        "CreateStack": _operation(settings, known["CreateStack"], _of_new),
        **{name: _operation(settings, known[name], _of_stack) for name in _CHANGES},
        "CreateChangeSet": _change_set(settings, known["CreateChangeSet"]),
        "ExecuteChangeSet": _operation(settings, known["ExecuteChangeSet"], _of_change_set),
        "DescribeStacks": _with_roles(known["DescribeStacks"]),
    }


def _remembering(handle: Callable[..., Any]) -> Callable[..., Any]:
    async def handle_remembering_caller(
        method: str, path: str, headers: Request, body: bytes, query: Request
    ) -> Answer:
        _caller.set(identity.key_of(headers, query))
        answer: Answer = await handle(method, path, headers, body, query)
        return answer

    return handle_remembering_caller


def _operation(settings: Settings, handle: Handle, roles_of: Callable[[Request], _Roles]) -> Handle:
    def handle_under_role(request: Request) -> Answer:
        roles = roles_of(request)
        try:
            _check_given(settings, roles.given)
            principal = _principal(settings, roles.used)
        except AwsError as error:
            return _refusal(error)
        with acting_as(principal):
            answer = handle(request)
        if roles.used and answer[0] == 200:
            _find(roles.stack)[_ROLE] = roles.used
        return answer

    return handle_under_role


def _of_new(request: Request) -> _Roles:
    # What was there under this name has no say in what is made.
    given = _text(request, _ROLE)
    return _Roles(_text(request, _STACK), given, given)


def _of_stack(request: Request) -> _Roles:
    stack, given = _text(request, _STACK), _text(request, _ROLE)
    return _Roles(stack, given, given or _find(stack).get(_ROLE, ""))


def _of_change_set(request: Request) -> _Roles:
    change_set = _find_change_set(request)
    stack = change_set.get(_STACK, "")
    return _Roles(stack, "", change_set.get(_ROLE) or _find(stack).get(_ROLE, ""))


def _change_set(settings: Settings, handle: Handle) -> Handle:
    def create_with_role(request: Request) -> Answer:
        roles = _of_stack(request)
        try:
            _check_given(settings, roles.given)
            _principal(settings, roles.used)
        except AwsError as error:
            return _refusal(error)
        answer = handle(request)
        if roles.given and answer[0] == 200:
            _find_change_set(request)[_ROLE] = roles.given
        return answer

    return create_with_role


def _with_roles(describe: Handle) -> Handle:
    def describe_with_roles(request: Request) -> Answer:
        status, headers, body = describe(request)
        for stack in cloudformation._stacks.values():
            if stack.get(_ROLE):
                named = f"<StackId>{stack['StackId']}</StackId>".encode()
                body = body.replace(named, named + f"<{_ROLE}>{stack[_ROLE]}</{_ROLE}>".encode())
        return status, headers, body

    return describe_with_roles


def _check_given(settings: Settings, role: str) -> None:
    """Who gives CloudFormation a role must be allowed to; one that the stack has is used for whoever may change it."""
    if settings.enforce_iam and role:
        if f"::{settings.account}:" not in role:
            raise AwsError("AccessDenied", "Cross-account pass role is not allowed.", 403)
        passed: identity.Context = {"iam:PassedToService": CLOUDFORMATION}
        identity.enforce(_caller.get(), "iam:PassRole", role, scope.region(), passed)


def _principal(settings: Settings, role: str) -> Principal | None:
    if not settings.enforce_iam:
        return None
    if not role:
        return Principal(_caller.get(), is_caller=True)
    issued = identity.assume(role, CLOUDFORMATION, settings.account, scope.region())
    if issued is None:
        raise AwsError("ValidationError", f"Role {role} is invalid or cannot be assumed")
    return Principal(issued[0], is_caller=False)


def _refusal(error: AwsError) -> Answer:
    denied = error.code == "AccessDeniedException"
    refusal: Answer = helpers._error(
        "AccessDenied" if denied else error.code, error.message, 403 if denied else error.status
    )
    return refusal


def _find(stack: str) -> Request:
    """A stack by its name or id; empty where there is none any more."""
    found: Request = handlers._resolve_stack(stack) or {}
    return {} if found.get("StackStatus") == "DELETE_COMPLETE" else found


def _find_change_set(request: Request) -> Request:
    _, found = changesets._find_change_set(_text(request, "ChangeSetName"), _text(request, _STACK))
    return found or {}


def _text(request: Request, name: str) -> str:
    found = request.get(name) or [""]
    return str(found[0] if isinstance(found, list) else found)
