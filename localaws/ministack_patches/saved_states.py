"""CloudWatch: MiniStack copies all metrics and streams of logs, piece by piece, before it writes them.

They are the largest state there is, and are written every two seconds while something changes. What writes them reads
them at one go, and reads again where they change meanwhile (localaws/ministack/saving.py), so no copy is needed.
"""

from __future__ import annotations

from typing import TypeVar

from ministack.services import cloudwatch, cloudwatch_logs

from localaws.aws import Aws
from localaws.ministack.patching import Patch

State = TypeVar("State")


class Uncopied:
    """The module `copy`, whose deep copies are the originals: both services use it for what is saved alone."""

    @staticmethod
    def deepcopy(state: State) -> State:
        """The state itself."""
        return state


def patch(_: Aws) -> Patch:
    """Save CloudWatch's state as it is."""
    uncopied = {"copy": lambda _: Uncopied}
    return Patch(
        replaces={cloudwatch: uncopied, cloudwatch_logs: uncopied},
        reads={cloudwatch: ("get_state",), cloudwatch_logs: ("get_state",)},
    )
