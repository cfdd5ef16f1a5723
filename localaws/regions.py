"""Regions kept apart: each has a local AWS of its own, made by the first request that changes something there.

Until then a region costs nothing: what is asked of it is answered by one that is empty and is forgotten. What a region
has kept is found again at the next start.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from functools import cache

from botocore.loaders import create_loader

from localaws.aws import Aws
from localaws.errors import validation
from localaws.settings import Settings
from localaws.store import Store

_READS = re.compile("Describe|List|Get|BatchGet|BatchDescribe|Search|Query")

Find = Callable[[str], Aws]
Make = Callable[[Settings, Store, Find], Aws]  # the last finds the others by their names


class Regions:
    """The local AWS of each region by its name. Safe for all threads."""

    def __init__(self, home: Settings, make: Make, begin: Callable[[Aws], None]) -> None:
        """Make the home region and those that have kept something; `begin` starts what goes on in one made later."""
        self._make = make
        self._begin = begin
        self._lock = threading.RLock()
        self._settings = home
        self._known = {found.region: self._open(found) for found in home.used_regions()}

    @property
    def home(self) -> Aws:
        """The home region's."""
        return self._known[self._settings.region]

    def __iter__(self) -> Iterator[Aws]:
        """Those of all regions in which something was done."""
        with self._lock:
            return iter(list(self._known.values()))

    def get(self, name: str) -> Aws:
        """The region's, made where there is none yet; raises AWS's error for a region that AWS does not have."""
        with self._lock:
            if name not in self._known:
                if not is_region(name):  # it would name a folder
                    raise validation(f"{name!r} is no region of AWS.")
                made = self._open(self._settings.in_region(name))
                # It must be there for what `begin` does; nobody else reads it before the lock is free.
                self._known[name] = made
                self._begin(made)
            return self._known[name]

    def for_operation(self, name: str, operation: str) -> Aws:
        """The region's; one that reads where nothing was done yet is answered by an empty one."""
        with self._lock:
            if name in self._known or not _READS.match(operation):
                return self.get(name)
        return self._make(self._settings.in_region(name), Store(None), self.get)

    def _open(self, settings: Settings) -> Aws:
        return self._make(settings, Store(settings.database), self.get)


@cache
def list_regions() -> frozenset[str]:
    """The names of AWS's regions in the partition `aws`, as botocore knows them."""
    partitions = create_loader().load_data("partitions")["partitions"]
    [found] = [partition["regions"] for partition in partitions if partition["id"] == "aws"]
    return frozenset(found) - {"aws-global"}


def is_region(name: str) -> bool:
    """Whether AWS has a region of this name."""
    return name in list_regions()
