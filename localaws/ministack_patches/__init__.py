"""What is changed in MiniStack so that it does as AWS does, by AWS service.

A module here has a function `patch`, which declares its part; others of localaws that use MiniStack's names list them
in `READS`. All are verified before anything is replaced, so that another MiniStack fails with one sentence.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from types import ModuleType

import localaws.iam
import localaws.ministack
from localaws.aws import Aws
from localaws.ministack.configuration import MiniStackError
from localaws.ministack.patching import Patch


def apply(aws: Aws) -> list[Patch]:
    """Apply all patches; raises MiniStackError with every name that MiniStack lacks."""
    patches = list(load(aws).values())
    missing = sorted({name for declared in (*patches, *load_readers().values()) for name in declared.missing()})
    if missing:
        raise MiniStackError(f"MiniStack lacks what localaws uses: {', '.join(missing)}. Run `make install`.")
    for patch in patches:
        patch.apply(enforced=aws.settings.enforce_iam)
    return patches


def load(aws: Aws) -> dict[str, Patch]:
    """All patches by the names of their modules, in the order in which they are applied."""
    prefix = f"{__name__}."
    modules = {module.__name__.removeprefix(prefix): module for module in _modules(sys.modules[__name__])}
    found = {name: module.patch(aws) for name, module in sorted(modules.items()) if hasattr(module, "patch")}
    order = TopologicalSorter({name: patch.after for name, patch in found.items()})
    return {name: found[name] for name in order.static_order()}


def import_all() -> None:
    """Import what `apply` does, for a process that will be forked."""
    for _ in _modules(sys.modules[__name__]):
        pass
    load_readers()


def load_readers() -> dict[str, Patch]:
    """What modules use of MiniStack that replace nothing, by their names."""
    modules = [module for package in (localaws.ministack, localaws.iam) for module in _modules(package)]
    return {module.__name__: Patch(reads=module.READS) for module in modules if hasattr(module, "READS")}


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)
