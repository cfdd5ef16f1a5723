"""Docker's Python client, imported when MiniStack first uses it: its import, with that of requests, slows each start.

MiniStack's Lambda imports it to find out whether it is there, and has use for it where a function or another service
runs in a container; functions of the local AWS do not.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

_NAME = "docker"


class _Later(ModuleType):
    """Stands for a package until something of it is asked for."""

    def __getattr__(self, member: str) -> object:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), member)


def defer() -> None:
    """Let the package be imported later, where it is installed and nobody has imported it."""
    if _NAME not in sys.modules and find_spec(_NAME) is not None:
        sys.modules[_NAME] = _Later(_NAME)
