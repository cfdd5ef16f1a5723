"""Patches are declared whole: what they touch in MiniStack is verified before any of them is applied."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ministack.services import sqs
from ministack.services.cloudformation import provisioners

import localaws
from localaws import ministack_patches
from localaws.aws import Aws
from localaws.ministack.configuration import MiniStackError
from localaws.ministack.patching import Patch

ROOT = Path(localaws.__file__).parent
EVERYWHERE = {"ministack.services.cloudformation.provisioners._RESOURCE_HANDLERS"}
"""What localaws.ministack.patching verifies by resource type."""
IN_ANY_ORDER = {"ministack.app._load_persisted_state"}


@pytest.fixture
def module() -> Any:
    """A module with a function and a class."""
    made: Any = ModuleType("bakery")
    made._private, made.Worker = lambda: 1, type("Worker", (), {"invoke": lambda _: 2})
    return made


def test_what_stands_under_a_name_is_wrapped_and_a_classes_method_too(module: Any) -> None:
    wrap = {"_private": lambda inner: lambda: inner() + 1, "Worker.invoke": lambda inner: lambda this: inner(this) + 1}
    Patch(replaces={module: wrap}).apply(enforced=False)
    assert (module._private(), module.Worker().invoke()) == (2, 3)


@pytest.mark.parametrize("enforced", [True, False])
def test_what_only_enforcement_needs_is_replaced_where_iam_is_enforced(module: Any, enforced: bool) -> None:
    Patch(enforced={module: {"_private": lambda _: None}}).apply(enforced=enforced)
    assert (module._private is None) == enforced


def test_a_handler_of_cloudformation_is_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(provisioners._RESOURCE_HANDLERS, "A::B::C", {"create": 1, "delete": 2})
    Patch(handlers={("A::B::C", "create"): lambda known: known + 10}).apply(enforced=False)
    assert provisioners._RESOURCE_HANDLERS["A::B::C"] == {"create": 11, "delete": 2}


def test_every_name_that_ministack_lacks_is_said_at_once_and_nothing_is_replaced(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = Patch(
        replaces={sqs: {"_queue_by_arn": lambda _: None, "_gone": lambda _: None}},
        enforced={sqs: {"_gone_too": lambda _: None}},
        reads={sqs: ("_Class.method",)},
        handlers={("AWS::S3::Bucket", "bake"): lambda _: None},
    )
    monkeypatch.setattr(ministack_patches, "load", lambda _: {"one": lacking})
    before = sqs._queue_by_arn
    names = r"AWS::S3::Bucket's bake, ministack.services.sqs._Class.method, \S+sqs._gone, \S+sqs._gone_too\."
    with pytest.raises(MiniStackError, match=names):
        ministack_patches.apply(aws)
    assert sqs._queue_by_arn is before


def test_this_ministack_lacks_nothing(aws: Aws) -> None:
    assert [name for declared in _declared(aws).values() for name in declared.missing()] == []


def test_each_patch_is_applied_after_those_that_it_names(aws: Aws) -> None:
    patches = ministack_patches.load(aws)
    places = {name: place for place, name in enumerate(patches)}
    assert [name for name, patch in patches.items() for other in patch.after if places[other] > places[name]] == []


def test_of_two_patches_of_one_name_one_says_that_it_follows_the_other(aws: Aws) -> None:
    patches = ministack_patches.load(aws)

    def follows(name: str) -> set[str]:
        return {one for other in patches[name].after for one in (other, *follows(other))}

    for first, second in itertools.combinations(patches, 2):
        shared = _replaced(patches[first]) & _replaced(patches[second]) - IN_ANY_ORDER
        assert not shared or first in follows(second), (first, second, shared)


def test_what_a_module_touches_of_ministack_it_declares_and_nothing_else(aws: Aws) -> None:
    declared = _declared(aws)
    for path in sorted(ROOT.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")
        touched = set(_touched(ast.parse(path.read_text(encoding="utf-8"))))
        patch = declared.get(name, Patch())
        reads = {f"{module.__name__}.{read}" for module, names in patch.reads.items() for read in names}
        assert touched <= reads | _replaced(patch) | EVERYWHERE, name
        assert {read for read in reads if read.startswith("ministack.") and "._" in read} <= touched, name


def _declared(aws: Aws) -> dict[str, Patch]:
    """What each module declares, by its name."""
    prefix = f"{ministack_patches.__name__}."
    patches = {f"{prefix}{name}": patch for name, patch in ministack_patches.load(aws).items()}
    return patches | ministack_patches.load_readers()


def _replaced(patch: Patch) -> set[str]:
    names = [(module, name) for group in (patch.replaces, patch.enforced) for module in group for name in group[module]]
    return {f"{module.__name__}.{name}" for module, name in names}


def _touched(tree: ast.Module) -> Iterator[str]:
    """The private names of MiniStack that a module touches, with their modules."""
    aliases = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ministack"):
            for name in node.names:
                aliases[name.asname or name.name] = f"{node.module}.{name.name}"
                if name.name.startswith("_"):
                    yield f"{node.module}.{name.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and isinstance(node.value, ast.Name):
            yield from (f"{found}.{node.attr}" for alias, found in aliases.items() if alias == node.value.id)
