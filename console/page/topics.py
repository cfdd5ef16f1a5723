"""What can be followed, and how often AWS is asked for it."""

from __future__ import annotations

from console.page.data import executions
from console.page.data.source import Source
from console.page.poller import Topic

# A row's details are fetched a few at a time: the next ones soon after.
_FILLING = 0.3
_LIST = 4.0
_OLDER = 20.0


def execution_list(source: Source, token: str | None = None) -> Topic[executions.Page]:
    """A page of the list of executions."""

    def seconds(page: executions.Page) -> float:
        if not page.complete:
            return _FILLING
        return _LIST if token is None or page.busy else _OLDER

    return Topic(("executions", token), lambda: executions.read_page(source, token), seconds)
