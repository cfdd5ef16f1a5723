"""Whether a caller, or a role that a service acts under, may make a call of ours."""

from __future__ import annotations

from collections.abc import Iterable

from localaws.aws import Aws
from localaws.errors import AwsError, validation
from localaws.iam import scaling
from localaws.iam.authority import SAGEMAKER_PRINCIPAL
from localaws.iam.checks import Check
from localaws.ministack import identity
from localaws.operations import AUTOSCALING, Operation
from localaws.settings import Settings
from localaws.shapes import Document


def check_caller(aws: Aws, caller: identity.Caller, operation: Operation, request: Document) -> None:
    """Raise AWS's error where whoever sent a request is unknown or not allowed to make it."""
    key = enforce(aws.settings, caller, operation.permissions(aws, request))
    if operation.service is AUTOSCALING:
        _check_scaling(aws.settings, key, operation.name, request)


def enforce(settings: Settings, caller: identity.Caller, checks: Iterable[Check]) -> str:
    """Raise AWS's error where whoever sent a request is unknown or not allowed all of it; answers the access key."""
    key = identity.identify(caller)
    for check in checks:
        identity.enforce(key, check.action, check.resource, settings.region, check.context)
    return key


def check_role(
    aws: Aws,
    role: str,
    operation: Operation,
    request: Document,
    principal: str = SAGEMAKER_PRINCIPAL,
    source: str = "",
) -> None:
    """Raise AccessDeniedException where the role, taken on by `principal`, does not allow a call of ours."""
    if aws.authority:
        for check in operation.permissions(aws, request):
            aws.authority.check(role, check.action, check.resource, check.context, principal, source)


def _check_scaling(settings: Settings, key: str, operation: str, request: Document) -> None:
    """Raise ValidationException with all that the owner of an access key may not do of what scaling takes."""
    linked = identity.has_role(scaling.LINKED_ROLE, settings.account)
    missing = []
    for check in scaling.validated(settings, operation, request, linked):
        try:
            identity.enforce(key, check.action, check.resource, settings.region, check.context)
        except AwsError:
            missing.append(check.action)
    if missing:
        raise validation(f"User is missing the following permissions: {', '.join(missing)}")
