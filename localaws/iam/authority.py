"""The local AWS's own part in IAM: it takes on roles as SageMaker does, and asks policies before it acts for them."""

from __future__ import annotations

import threading

from localaws import ministack
from localaws.clients import Clients
from localaws.errors import AwsError, validation
from localaws.iam import scaling
from localaws.iam.actions import checks
from localaws.keys import Credentials
from localaws.settings import Settings
from localaws.shapes import Document

SAGEMAKER = "sagemaker.amazonaws.com"


class Authority:
    """Roles that were taken on, with a set of clients each. Safe for all threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str, str], Clients] = {}

    def clients(self, role: str, service: str = SAGEMAKER, source: str = "") -> Clients:
        """Clients that call under a role; raises AWS's error where its trust policy does not let `service` take it.

        `source` is the ARN of the resource for which the service does so, as `aws:SourceArn` has it.
        """
        with self._lock:
            taken = role, service, source
            if taken not in self._clients:
                self._clients[taken] = Clients(self._settings, self._assume(role, service, source))
            return self._clients[taken]

    def check(
        self,
        role: str,
        action: str,
        resource: str,
        context: ministack.Context | None = None,
        service: str = SAGEMAKER,
        source: str = "",
    ) -> None:
        """Raise AccessDeniedException where the policies of a role that `service` takes on do not allow the action."""
        key = self.clients(role, service, source).credentials.key
        ministack.enforce(key, action, resource, self._settings.region, context or {})

    def check_call(
        self, role: str, service: str, operation: str, request: Document, principal: str = SAGEMAKER, source: str = ""
    ) -> None:
        """Raise AccessDeniedException where the role, taken on by `principal`, does not allow a call of ours."""
        for check in checks(self._settings, service, operation, request):
            self.check(role, check.action, check.resource, check.context, principal, source)

    def _assume(self, role: str, service: str, source: str) -> Credentials:
        issued = ministack.assume(role, service, self._settings.account, self._settings.region, source)
        if issued is None:
            raise validation(
                f"Could not assume role {role}. Please ensure that the role exists and allows principal '{service}' "
                "to assume the role."
            )
        return Credentials(*issued)


def check_caller(settings: Settings, caller: ministack.Caller, service: str, operation: str, request: Document) -> None:
    """Raise AWS's error where whoever sent a request is unknown or not allowed to make it."""
    key = ministack.identify(caller)
    for check in checks(settings, service, operation, request):
        ministack.enforce(key, check.action, check.resource, settings.region, check.context)
    if service == "application-autoscaling":
        _check_scaling(settings, key, operation, request)


def _check_scaling(settings: Settings, key: str, operation: str, request: Document) -> None:
    """Raise ValidationException with all that the owner of an access key may not do of what scaling takes."""
    linked = ministack.has_role(scaling.LINKED_ROLE, settings.account)
    missing = []
    for check in scaling.validated(settings, operation, request, linked):
        try:
            ministack.enforce(key, check.action, check.resource, settings.region, check.context)
        except AwsError:
            missing.append(check.action)
    if missing:
        raise validation(f"User is missing the following permissions: {', '.join(missing)}")
