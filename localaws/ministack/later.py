"""Modules that are imported when something of them is first used: each start waits for what is imported at once."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType


class Later(ModuleType):
    """Stands for a module until something of it is asked for."""

    def __getattr__(self, member: str) -> object:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), member)


@contextmanager
def standing_for(names: Iterable[str]) -> Iterator[None]:
    """Who imports one of these modules within is given one that stands for it, for good; others import it as ever."""
    put = {name: Later(name) for name in names if name not in sys.modules}
    sys.modules.update(put)
    try:
        yield
    finally:
        for name, module in put.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
