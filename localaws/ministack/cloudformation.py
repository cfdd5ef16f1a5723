"""CloudFormation in MiniStack: resource types of our own, and the stacks that there are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners, stacks

from localaws.ministack import scope

Create = Callable[[str, dict[str, Any], str], tuple[str, dict[str, Any]]]
Delete = Callable[[str, dict[str, Any]], None]
Update = Callable[[str, dict[str, Any], dict[str, Any], str], tuple[str, dict[str, Any]]]

READS = {
    cloudformation: ("_change_sets", "_stacks"),
    provisioners: ("_CUSTOM_NAME_REPLACEMENT", "_REPLACING_PROPERTIES", "_RESOURCE_HANDLERS", "_STACK_TAG_PROPERTY"),
    stacks: ("_runs_on_worker_thread",),
}

_handlers: dict[tuple[str, str], dict[str, Any]] = {}
"""What works on the resources of a region and a type."""
_adding_for: ContextVar[str] = ContextVar("adding_for")
_prepare: list[Callable[[str], object]] = []


@contextmanager
def adding_for(region: str) -> Iterator[None]:
    """What is added is for the stacks of this region."""
    token = _adding_for.set(region)
    try:
        yield
    finally:
        _adding_for.reset(token)


def prepare_regions(prepare: Callable[[str], object]) -> None:
    """Call this with the region of a stack before one of its resources is worked on."""
    _prepare[:] = [prepare]


def _work(name: str, operation: str, *given: Any) -> Any:  # noqa: ANN401 - a handler's
    region = scope.region()
    for prepare in _prepare:
        prepare(region)
    return _handlers[region, name][operation](*given)


def _add(name: str, handlers: dict[str, Any]) -> None:
    _handlers.setdefault((_adding_for.get(), name), {}).update(handlers)
    known = provisioners._RESOURCE_HANDLERS.get(name, {})
    provisioners._RESOURCE_HANDLERS[name] = known | {each: partial(_work, name, each) for each in handlers}


def add_resource_type(
    name: str,
    create: Create,
    delete: Delete,
    update: Update | None = None,
    *,
    replacing: Container[str] = (),
    named: str | None = None,
    tagged: bool = False,
) -> None:
    """Teach CloudFormation a type: `create(logical_id, properties, stack)` answers physical id and attributes.

    `update(physical_id, old_properties, new_properties, stack)` answers the same; without it, and for a change of one
    of the properties `replacing`, the resource is made anew and the old one deleted. AWS refuses this where the
    template gives the name (the property `named`). A `tagged` type gets the stack's tags among its own.
    """
    handlers: dict[str, Any] = {"create": create, "delete": delete}
    if update:
        handlers["update"] = update
    provisioners._RESOURCE_HANDLERS.pop(name, None)
    _add(name, handlers)
    if replacing:
        provisioners._REPLACING_PROPERTIES[name] = replacing
    if named:
        provisioners._CUSTOM_NAME_REPLACEMENT[name] = {"name": named}
    if tagged:
        provisioners._STACK_TAG_PROPERTY[name] = ("Tags", "list")


def add_import(name: str, adopt: Callable[[dict[str, str]], tuple[str, dict[str, Any]]]) -> None:
    """Let CloudFormation import resources of a type: `adopt(identifier)` answers physical id and attributes."""
    _add(name, {"import": adopt})


def work_beside_the_loop(types: Collection[str]) -> None:
    """Let these types' handlers run in threads: they wait, or ask the local AWS itself over its port."""
    runs = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda name: name in types or runs(name)


def find_stack(stack: str, change_set: str = "") -> str | None:
    """The id of a stack, by its name or one of its change sets' ARNs; None for one that is not there."""
    of_change_set = cloudformation._change_sets.get(change_set) if change_set else None
    found = cloudformation._stacks.get(of_change_set["StackName"] if of_change_set else stack)
    return found["StackId"] if found else None
