"""Which events call for a refresh."""

from collections.abc import Mapping
from typing import Any

from refresh_workflow.settings import Settings

ENDPOINT_CHANGED = "SageMaker Endpoint State Change"


def why_ignored(event: Mapping[str, Any], settings: Settings) -> str | None:
    """Say in a sentence why an event is not for this function; None when it is.

    A call with `{}`, as from the stack or a person, always asks for a refresh. In events an endpoint in service is
    `IN_SERVICE`, where the API says `InService`.
    """
    if not event:
        return None
    detail = event.get("detail", {})
    facts = [
        ("account", event.get("account"), settings.account),
        ("kind", event.get("detail-type"), ENDPOINT_CHANGED),
        ("endpoint", detail.get("EndpointName"), settings.endpoint_name),
        ("status", detail.get("EndpointStatus"), "IN_SERVICE"),
    ]
    for name, given, ours in facts:
        if given != ours:
            return f"The event's {name} is {given}, and only {ours} calls for a refresh."
    return None
