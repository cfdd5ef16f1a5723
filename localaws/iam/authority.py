"""The local AWS's own part in IAM: it takes on roles as SageMaker does, and asks policies before it acts for them."""

from __future__ import annotations

import threading

from localaws.clients import Clients
from localaws.errors import validation
from localaws.keys import Credentials
from localaws.ministack import identity
from localaws.settings import Settings

SAGEMAKER_PRINCIPAL = "sagemaker.amazonaws.com"


class Authority:
    """Roles that were taken on, with a set of clients each. Safe for all threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str, str], Clients] = {}

    def clients(self, role: str, service: str = SAGEMAKER_PRINCIPAL, source: str = "") -> Clients:
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
        context: identity.Context | None = None,
        service: str = SAGEMAKER_PRINCIPAL,
        source: str = "",
    ) -> None:
        """Raise AccessDeniedException where the policies of a role that `service` takes on do not allow the action."""
        key = self.clients(role, service, source).credentials.key
        # An ARN of S3 or IAM names no region.
        region = (resource.split(":") + [""] * 4)[3] or self._settings.region
        identity.enforce(key, action, resource, region, context or {})

    def _assume(self, role: str, service: str, source: str) -> Credentials:
        issued = identity.assume(role, service, self._settings.account, self._settings.region, source)
        if issued is None:
            raise validation(
                f"Could not assume role {role}. Please ensure that the role exists and allows principal '{service}' "
                "to assume the role."
            )
        return Credentials(*issued)
