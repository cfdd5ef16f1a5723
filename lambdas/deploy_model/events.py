"""Which events concern this function.

The rule filters already; a rule is edited by hand more easily than a function, so the same is asked here again.
"""

from collections.abc import Mapping
from typing import Any

from deploy_model.settings import Settings

VERSION_CHANGED = "SageMaker Model Package State Change"
ENDPOINT_CHANGED = "SageMaker Endpoint State Change"
# An endpoint that has come to rest may be behind the registry: the last approval may have come while it was changing.
AT_REST = ("IN_SERVICE", "FAILED")


def why_ignored(event: Mapping[str, Any], settings: Settings) -> str | None:
    """Say in a sentence why an event is not for this function; None when it is."""
    if event.get("account") != settings.account:
        return f"The event is of account {event.get('account')}, and the endpoint is in {settings.account}."
    detail = event.get("detail", {})
    if event.get("detail-type") == VERSION_CHANGED:
        return _wrong("group", detail.get("ModelPackageGroupName"), settings.model_package_group)
    if event.get("detail-type") == ENDPOINT_CHANGED:
        wrong_name = _wrong("endpoint", detail.get("EndpointName"), settings.endpoint_name)
        return wrong_name or _still_changing(detail.get("EndpointStatus"))
    return f"The event is a {event.get('detail-type')!r}, and only {VERSION_CHANGED!r} and {ENDPOINT_CHANGED!r} matter."


def _wrong(kind: str, given: str | None, ours: str) -> str | None:
    return None if given == ours else f"The event is about the {kind} {given}, and ours is {ours}."


def _still_changing(status: str | None) -> str | None:
    return None if status in AT_REST else f"The endpoint is {status}; another event comes when it is at rest."
