"""How a change of MiniStack is declared: what it replaces, what it reads, and which others come before it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ministack.services.cloudformation import provisioners

Replace = Callable[[Any], Any]
Names = Mapping[Any, Iterable[str]]
"""Names by their module of MiniStack; one may have dots, as a class's method has."""


@dataclass(frozen=True)
class Patch:
    """What is changed in MiniStack for one subject."""

    replaces: Mapping[Any, Mapping[str, Replace]] = field(default_factory=dict)
    """Makes what takes a name's place, of what stood there."""
    enforced: Mapping[Any, Mapping[str, Replace]] = field(default_factory=dict)
    """The same, only where IAM is enforced."""
    handlers: Mapping[tuple[str, str], Replace] = field(default_factory=dict)
    """The same for CloudFormation's handlers, by resource type and operation; `import` may be a new one."""
    reads: Names = field(default_factory=dict)
    """What the patch uses as it is."""
    after: Sequence[str] = ()
    """Modules of localaws.ministack_patches that are applied before."""
    resume: Callable[[], None] = lambda: None
    """Continues what the process before had not ended, once the port answers."""

    def missing(self) -> Iterator[str]:
        """What this MiniStack does not have."""
        for names in (self.replaces, self.enforced, self.reads):
            yield from find_missing(names)
        for kind, operation in self.handlers:
            if operation not in ("import", *provisioners._RESOURCE_HANDLERS.get(kind, {})):
                yield f"{kind}'s {operation}"

    def apply(self, *, enforced: bool, put: Callable[[Any, str, Any], None] = setattr) -> None:
        """Replace the names by `put`."""
        for names in (self.replaces, self.enforced if enforced else {}):
            for module, replacements in names.items():
                for name, replace in replacements.items():
                    holder, _, attribute = name.rpartition(".")
                    owner = operator.attrgetter(holder)(module) if holder else module
                    put(owner, attribute, replace(getattr(owner, attribute)))
        for (kind, operation), replace in self.handlers.items():
            handlers = provisioners._RESOURCE_HANDLERS[kind]
            provisioners._RESOURCE_HANDLERS[kind] = {**handlers, operation: replace(handlers.get(operation))}


def find_missing(names: Names) -> Iterator[str]:
    """Those of the names that their modules do not have."""
    for module, listed in names.items():
        for name in listed:
            try:
                operator.attrgetter(name)(module)
            except AttributeError:
                yield f"{module.__name__}.{name}"
