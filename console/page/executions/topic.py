"""What the list of executions follows."""

from __future__ import annotations

from console.page.context import Context
from console.page.executions.reader import Page, fetch_page
from console.page.poller import Topic

# A row's details are fetched a few at a time: the next ones soon after.
_FILLING = 0.3
_LIVE = 4.0
_OLDER = 20.0


def execution_list(context: Context, token: str | None = None) -> Topic[Page]:
    """A page of the list."""

    def seconds(page: Page) -> float:
        if not page.complete:
            return _FILLING
        return _LIVE if token is None or page.busy else _OLDER

    return Topic(("executions", token), lambda: fetch_page(context.source, token), seconds)
