"""The lineage of the version that serves, as the endpoint and its monitoring show it."""

from __future__ import annotations

from console.page.context import Context
from console.page.parts.lineage import Kind, show_lineage, trace_version
from console.page.parts.live import Live
from console.page.version import topic
from console.page.version.standing import Standing


def follow_live_version(context: Context, here: Kind) -> None:
    """Put the strip of the live version here; nothing before the first."""

    def draw(standing: Standing) -> None:
        live = standing.live
        if live:
            show_lineage(trace_version(live.number, live.facts, live.number), here)

    Live(context.poller, topic.standing(context), draw, waiting=" ")
