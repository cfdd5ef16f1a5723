"""What the comparison follows."""

from __future__ import annotations

from console.page.comparison.reader import Comparison, fetch_comparison
from console.page.context import Context
from console.page.poller import Topic

_LIVE = 4.0
_ENDED = 20.0


def comparison(context: Context, identifiers: tuple[str, ...]) -> Topic[Comparison]:
    """Some runs."""
    return Topic(
        ("compared", identifiers),
        lambda: fetch_comparison(context.source, context.tails, identifiers),
        lambda read: _ENDED if all(item.run.ended for item in read.runs) else _LIVE,
    )
