"""Turns enforcement on: MiniStack's own, and what it leaves out."""

from __future__ import annotations

from localaws import ministack
from localaws.iam import functions, workflows
from localaws.iam.authority import Authority
from localaws.iam.log import AccessLog
from localaws.settings import Settings


def enforce(settings: Settings) -> Authority:
    """Enforce IAM from now on, after MiniStack was loaded and its gaps are closed; log what roles are used for."""
    log = AccessLog(settings.access_log)
    ministack.watch_enforcement(log.note)
    authority = Authority(settings)
    workflows.close(authority)
    functions.close(authority, settings)
    return authority
