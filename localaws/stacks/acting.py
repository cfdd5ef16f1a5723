"""CloudFormation acts as somebody, who is asked for all that it does to a resource; a refusal is in AWS's words.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from localaws.errors import AwsError
from localaws.ministack import identity
from localaws.settings import Settings
from localaws.stacks import permissions
from localaws.stacks.resource import Resource

CLOUDFORMATION = "cloudformation.amazonaws.com"
_TAGGING = (
    "Encountered a permissions error performing a tagging operation, please add required tag permissions. See "
    "https://repost.aws/knowledge-center/cloudformation-tagging-permission-error for how to resolve. "
)
# As AWS's SDK for Java names these services, with which the handlers call them.
_TITLES = {
    "cloudwatch": "CloudWatch",
    "codebuild": "CodeBuild",
    "codecommit": "CodeCommit",
    "events": "EventBridge",
    "logs": "CloudWatchLogs",
    "sagemaker": "SageMaker",
    "states": "Sfn",
}


@dataclass(frozen=True)
class Principal:
    """Whose access key CloudFormation acts with; `is_caller` where it is not a role's session."""

    key: str
    is_caller: bool


_acting: ContextVar[Principal | None] = ContextVar("acting", default=None)
_asked_about: ContextVar[Resource | None] = ContextVar("asked_about", default=None)


@contextmanager
def acting_as(principal: Principal | None) -> Iterator[None]:
    """Act as somebody in what follows; a task that is begun meanwhile goes on so."""
    token = _acting.set(principal)
    try:
        yield
    finally:
        _acting.reset(token)


@contextmanager
def asking(settings: Settings, verb: str, resource: Resource, about: Resource | None = None) -> Iterator[None]:
    """Ask for all that a verb needs, and for nothing of what it is made of; raises ValueError with the reason.

    `about` is the whole change, where a part of it is asked for.
    """
    principal = _acting.get()
    if principal and _asked_about.get() is None and not identity.is_root(principal.key):
        _ask(settings, principal, verb, resource)
    token = _asked_about.set(about or resource)
    try:
        yield
    finally:
        _asked_about.reset(token)


def asked_about() -> Resource | None:
    """The resource that is being worked on."""
    return _asked_about.get()


def _ask(settings: Settings, principal: Principal, verb: str, resource: Resource) -> None:
    # CloudFormation lends on the caller's own session, and says so.
    lent: identity.Context = {"aws:CalledVia": [CLOUDFORMATION], "aws:ViaAWSService": "true"}
    more = lent if principal.is_caller else {}
    if not permissions.is_known(resource.kind):
        raise ValueError(
            f"The local AWS does not know what CloudFormation asks for {resource.kind}, and lets nobody but root have "
            "it: change the stack with root's key and without a role."
        )
    for check in permissions.checks(settings, verb, resource):
        try:
            identity.enforce(principal.key, check.action, check.resource, settings.region, {**check.context, **more})
        except AwsError as error:
            raise ValueError(_reason(resource, check.action, error.message)) from error


def _reason(resource: Resource, action: str, denied: str) -> str:
    """A resource's status reason: the handler's message and its code."""
    service = action.partition(":")[0]
    title = _TITLES.get(service, service.capitalize())
    message = f"{denied} (Service: {title}, Status Code: 403, Request ID: {uuid.uuid4()})"
    code = "AccessDenied"
    if permissions.tags(resource.kind, action):
        message, code = f"{_TAGGING}{message}", "UnauthorizedTaggingOperation"
    return f'Resource handler returned message: "{message}" (RequestToken: {uuid.uuid4()}, HandlerErrorCode: {code})'
