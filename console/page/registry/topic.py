"""What the registry's panel follows."""

from __future__ import annotations

from console.page.context import Context
from console.page.poller import Topic
from console.page.registry.reader import Page, fetch_page


def versions(context: Context, token: str | None = None) -> Topic[Page]:
    """A page of versions."""
    return Topic(("versions", token), lambda: fetch_page(context.source, token))
