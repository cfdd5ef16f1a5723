"""The permissions boundary of a role that CloudFormation makes or changes, which MiniStack forgets.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from localaws import ministack

KIND = "AWS::IAM::Role"
Made = tuple[str, dict[str, Any]]
Handler = Callable[..., Made]


def apply() -> None:
    """Keep the boundary with the role; raises MiniStackError where MiniStack has not the names that this leans on."""
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415 - after configure()

    ministack.change_create(KIND, keep_when_made)
    handlers = provisioners._RESOURCE_HANDLERS[KIND]
    provisioners._RESOURCE_HANDLERS[KIND] = {**handlers, "update": keep_when_changed(handlers["update"])}


def keep_when_made(create: Handler) -> Handler:
    """Give a new role its boundary."""

    def create_with_boundary(logical_id: str, properties: dict[str, Any], *more: Any) -> Made:  # noqa: ANN401
        _check(properties)
        made = create(logical_id, properties, *more)
        _bound(made, properties)
        return made

    return create_with_boundary


def keep_when_changed(update: Handler) -> Handler:
    """Give a changed role the boundary that it is to have, which may be none."""

    def update_with_boundary(
        physical_id: str,
        old: dict[str, Any],
        new: dict[str, Any],
        *more: Any,  # noqa: ANN401
    ) -> Made:
        _check(new)
        made = update(physical_id, old, new, *more)
        _bound(made, new)
        return made

    return update_with_boundary


def _bound(made: Made, properties: dict[str, Any]) -> None:
    from ministack.services import iam  # noqa: PLC0415

    if made[0] in iam._roles:
        iam._roles[made[0]]["PermissionsBoundary"] = properties.get("PermissionsBoundary") or None


def _check(properties: dict[str, Any]) -> None:
    from ministack.services import iam  # noqa: PLC0415

    boundary = properties.get("PermissionsBoundary")
    if boundary and iam._boundary_policy_error(boundary):
        raise ValueError(f"Scope ARN: {boundary} does not exist or is not attachable.")
