"""Between CloudFormation's engine and its resources: before it makes, changes, imports or deletes one, it asks."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.services.cloudformation import changesets, provisioners, stacks

from localaws.aws import Aws
from localaws.ministack import scope
from localaws.ministack.patching import Patch
from localaws.settings import Settings
from localaws.stacks import permissions
from localaws.stacks.acting import asked_about, asking
from localaws.stacks.permissions import CREATE, DELETE, READ, UPDATE
from localaws.stacks.resource import Properties, Resource

Made = tuple[str, Properties]
Do = Callable[..., Any]


def patch(aws: Aws) -> Patch:
    """Let each resource be asked about, wherever the engine works on one; only where IAM is enforced."""
    wraps = {
        "_delete_resource": _deleting,
        "_import_resource": _importing,
        "_provision_resource": _creating,
        "_update_resource": _updating,
    }
    asked = {name: partial(wrap, aws.settings) for name, wrap in wraps.items()}
    return Patch(
        enforced={
            changesets: {"_import_resource": asked["_import_resource"]},
            provisioners: {**asked, "_delete_predecessor": partial(_deleting_later, aws.settings)},
            stacks: asked,
        }
    )


def _creating(settings: Settings, create: Do) -> Do:
    def ask_and_create(kind: str, logical_id: str, properties: Properties, stack: str) -> Made:
        with asking(scope.here(settings), CREATE, Resource(kind, stack, logical_id, new=properties)):
            made: Made = create(kind, logical_id, properties, stack)
            return made

    return ask_and_create


def _updating(settings: Settings, update: Do) -> Do:
    def ask_and_update(
        kind: str,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack: str,
        logical_id: str | None = None,
        attributes: Properties | None = None,
    ) -> Made:
        made: Made
        if old == new:  # AWS does not call the handler
            made = update(kind, physical_id, old, new, stack, logical_id, attributes)
            return made
        resource = Resource(kind, stack, logical_id or physical_id, physical_id, old, new)
        anew = permissions.replaces(resource)
        asked = dataclasses.replace(resource, physical_id="", old={}) if anew else resource
        with asking(scope.here(settings), CREATE if anew else UPDATE, asked, resource):
            made = update(kind, physical_id, old, new, stack, logical_id, attributes)
            return made

    return ask_and_update


def _deleting(settings: Settings, delete: Do) -> Do:
    def ask_and_delete(kind: str, physical_id: str, properties: Properties, stack: str, logical_id: str) -> None:
        with asking(scope.here(settings), DELETE, Resource(kind, stack, logical_id, physical_id, old=properties)):
            delete(kind, physical_id, properties, stack, logical_id)

    return ask_and_delete


def _importing(settings: Settings, adopt: Do) -> Do:
    def ask_and_import(kind: str, identifier: dict[str, str]) -> Made:
        with asking(scope.here(settings), READ, Resource(kind, "", "", new=dict(identifier))):
            made: Made = adopt(kind, identifier)
            return made

    return ask_and_import


def _deleting_later(settings: Settings, delete_predecessor: Do) -> Do:
    """What was made anew is deleted at the end of the update, and then asked about."""

    def ask_and_delete_predecessor(delete: Do, *details: Any, **more: Any) -> None:  # noqa: ANN401
        resource = asked_about()

        def ask_and_delete(*given: Any, **others: Any) -> None:  # noqa: ANN401
            if resource is None:
                delete(*given, **others)
                return
            with asking(scope.here(settings), DELETE, dataclasses.replace(resource, new={})):
                delete(*given, **others)

        delete_predecessor(ask_and_delete, *details, **more)

    return ask_and_delete_predecessor
