"""The services that MiniStack's CloudFormation makes resources of, each imported with the first resource of it.

CloudFormation imports all of them, which took a third of a start: MiniStack itself imports a service when it is asked
for. One of them makes or checks an RSA key when it is imported.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from localaws.ministack.later import standing_for

_SERVICES = "ministack.services"
_STACKS = f"{_SERVICES}.cloudformation"


def import_cloudformation() -> None:
    """Import CloudFormation without the services that nobody has imported before."""
    folders = import_module(_SERVICES).__path__
    names = {f"{_SERVICES}.{found.name}" for found in pkgutil.iter_modules(folders)}
    with standing_for(names - {_STACKS}):
        import_module(_STACKS)
