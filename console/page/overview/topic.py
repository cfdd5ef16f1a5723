"""What the overview follows besides the topics of the other panels."""

from __future__ import annotations

from console.page.context import Context
from console.page.overview.reader import Standing, fetch_standing
from console.page.poller import Topic


def standing(context: Context) -> Topic[Standing]:
    """The live version, and the versions that wait for a decision."""
    return Topic(("versions", "standing"), lambda: fetch_standing(context.source))
