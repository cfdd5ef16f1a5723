"""What the table of runs follows."""

from __future__ import annotations

from console.page.context import Context
from console.page.poller import Topic
from console.page.run import Runs

# Details are fetched a few runs at a time: the next ones soon after.
_FILLING = 0.1
_LIVE = 4.0


def all_runs(context: Context) -> Topic[Runs]:
    """The runs that are known."""
    return Topic(
        ("runs",),
        lambda: context.runs.read(context.source),
        lambda runs: _FILLING if runs.unread or not runs.listed else _LIVE,
    )
