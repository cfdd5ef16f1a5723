"""Hides modules of the layers below an environment from its Python, where a layer above has them in another version.

This file is copied into every environment, so it imports nothing of ours, and works on every Python that pip does. A
layer's folder comes after the environment's own on `sys.path`, so that what is installed anew is found first. That
alone is not enough where a package was installed in another version: what the lower one has and the new one does not
must be gone, as pip's upgrade would have removed it. (SageMaker's SDK 3 has no `sagemaker/__init__.py`: Python would
prefer that of an SDK 2 in a layer below.) So the modules of a distribution that a higher layer has as well are hidden
in the lower one. A Python imports this at its start only where there is something to hide (see folder.py).
"""

from __future__ import annotations

import os
import re
import sys
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    SourceFileLoader,
    SourcelessFileLoader,
)

TYPING = False
if TYPING:
    # The module `typing` is slow to import, and every Python of a job runs this.
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType

_INFO = re.compile(r"(?P<name>.+?)-[^-]+?(?:-py[0-9.]+)?\.(?:dist|egg)-info$")
_CODE = (".py", ".pyc", *EXTENSION_SUFFIXES)


def hide(own: str, layers: Sequence[str]) -> None:
    """Hide what is to be hidden of the layers, highest first, that are on the path below the folder `own`."""
    hidden = list_hidden(own, layers)
    if hidden:
        sys.path_hooks.insert(0, _build_hook(hidden))
        sys.path_importer_cache.clear()


def list_hidden(own: str, layers: Sequence[str]) -> dict[str, set[str]]:
    """The names of modules that must not be found, by the layer that has them."""
    above = set(_list_distributions(own))
    hidden: dict[str, set[str]] = {}
    for layer in layers:
        here = _list_distributions(layer)
        again = above.intersection(here)
        if again:
            hidden[layer] = set().union(*(_list_modules(layer, here[name]) for name in again))
        above.update(here)
    return hidden


def _list_distributions(folder: str) -> dict[str, str]:
    """Folders of metadata by the distribution's normalized name."""
    try:
        names = os.listdir(folder)
    except OSError:
        return {}
    found = ((_INFO.match(name), name) for name in names if name.endswith("-info"))
    return {re.sub(r"[-_.]+", "-", match["name"]).lower(): name for match, name in found if match}


def _list_modules(folder: str, info: str) -> set[str]:
    """The packages and modules that a distribution brought: `sagemaker`, or `google.protobuf` in a namespace."""
    code = set(_list_code(os.path.join(folder, info)))
    packages = {os.path.dirname(path) for path in code if os.path.basename(path) == "__init__.py"}
    found = set()
    for path in code:
        parents = path.split("/")[:-1]
        starts = ("/".join(parents[: depth + 1]) for depth in range(len(parents)))
        module = next((start for start in starts if start in packages), None)
        if module is None:
            module = "/".join([*parents, os.path.basename(path).split(".")[0]])
        found.add(module.replace("/", "."))
    return found


def _list_code(info: str) -> Iterator[str]:
    """Files of code that RECORD names, relative to the folder of packages; packages of top_level.txt without one."""
    try:
        with open(os.path.join(info, "RECORD"), encoding="utf-8") as file:
            for line in file:
                path = line.rsplit(",", 2)[0].strip('"')
                if path.endswith(_CODE) and not path.startswith((".", "/")) and "__pycache__" not in path:
                    yield path
    except OSError:
        try:
            with open(os.path.join(info, "top_level.txt"), encoding="utf-8") as file:
                for line in file:
                    yield line.strip() + "/__init__.py"
        except OSError:
            return


def _build_hook(hidden: dict[str, set[str]]) -> Callable[[str], FileFinder]:
    """A hook for `sys.path_hooks` whose finders leave out what is hidden."""

    def hook(path: str) -> FileFinder:
        layer = next((layer for layer in hidden if path == layer or path.startswith(layer + os.sep)), None)
        if layer is None or not os.path.isdir(path):
            raise ImportError("not a folder of a layer", path=path)
        return _Hiding(hidden[layer], path)

    return hook


class _Hiding(FileFinder):
    """Finds modules in a folder but those that are hidden there."""

    def __init__(self, names: set[str], path: str) -> None:
        super().__init__(
            path,
            (ExtensionFileLoader, EXTENSION_SUFFIXES),
            (SourceFileLoader, [".py"]),
            (SourcelessFileLoader, [".pyc"]),
        )
        self._names = names

    def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:
        """Answer None for a hidden name, so that Python looks in the next folder."""
        return None if fullname in self._names else super().find_spec(fullname, target)
