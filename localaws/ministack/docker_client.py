"""Docker's Python client, imported when MiniStack first uses it: its import, with that of requests, slows each start.

MiniStack's Lambda imports it to find out whether it is there, and has use for it where a function or another service
runs in a container; functions of the local AWS do not.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

from localaws.ministack.later import Later

_NAME = "docker"


def defer() -> None:
    """Let the package be imported later, where it is installed and nobody has imported it."""
    if _NAME not in sys.modules and find_spec(_NAME) is not None:
        sys.modules[_NAME] = Later(_NAME)
