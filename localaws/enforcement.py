"""Turns enforcement on: MiniStack's own, and what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from localaws import ministack
from localaws.iam import requests
from localaws.iam.authority import Authority
from localaws.iam.log import AccessLog
from localaws.ministack_patches import function_roles, service_grants, web_identity, workflow_roles
from localaws.settings import Settings


@dataclass(frozen=True)
class _Judge:
    """Asks what MiniStack does not ask, and logs what roles were used for."""

    settings: Settings
    log: AccessLog

    def resource(self, action: str, found: str, body: bytes) -> str:
        return requests.resource(action, found, body, ministack.find_stack)

    def context(self, action: str, body: bytes) -> ministack.Context:
        return requests.context(action, body, lambda kind, name: ministack.boundary(kind, name, self.settings.account))

    def further(self, action: str, resource: str, body: bytes) -> Iterator[tuple[str, str, ministack.Context]]:
        for check in requests.further(self.settings, _key_of, action, resource, body):
            yield check.action, check.resource, check.context

    def note(self, role: str, action: str, resource: str, allowed: bool) -> None:
        # A function may outlive its role by a call, while their stack is deleted; that says nothing of the policy.
        if allowed or ministack.has_role(role, self.settings.account):
            self.log.note(role, action, resource, allowed)


def _key_of(encrypted: str) -> str | None:
    kind, name = encrypted.split(":")[2], encrypted.rpartition(":")[2]
    return ministack.bucket_key(name) if kind == "s3" else service_grants.find_key(encrypted) or None


def enforce(settings: Settings) -> Authority:
    """Enforce IAM from now on, after MiniStack was loaded and patched; log what roles are used for."""
    ministack.judge(_Judge(settings, AccessLog(settings.access_log)))
    authority = Authority(settings)
    workflow_roles.apply(authority)
    function_roles.apply(authority, settings)
    web_identity.apply(settings.issuers)
    return authority
