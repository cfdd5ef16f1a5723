"""Which isolation there is: what the kernel allows, what was asked for, and why there is not more."""

from __future__ import annotations

from dataclasses import dataclass

VARIABLE = "SCONES_ISOLATION"
NAMESPACES, PATHS = "namespaces", "paths"


@dataclass(frozen=True)
class Isolation:
    """How programs are kept apart.

    `namespaces`: each sees a file system of its own, with its directory as /opt/ml. `processes`: each sees its own
    processes alone. `reason` says what hinders the rest, in words that complete "as ...".
    """

    namespaces: bool = False
    processes: bool = False
    reason: str = ""

    @property
    def sentence(self) -> str:
        """What `scones status` says."""
        if not self.namespaces:
            return f"paths: programs run as you, and /opt/ml is rewritten in what they are given, as {self.reason}"
        seen = "" if self.processes else f"; they see this machine's processes, as {self.reason}"
        return f"namespaces: each program has its own /opt/ml, /tmp and home, and the rest read-only{seen}"


REWRITTEN = Isolation(reason="nothing was found out about this machine")
