"""What the panel of a version follows."""

from __future__ import annotations

from console.consequence import Situation, fetch_situation
from console.page.context import Context
from console.page.poller import Topic
from console.page.version import reader
from console.page.version.reader import Version
from console.page.version.standing import Standing, fetch_standing


def version(context: Context, number: int) -> Topic[Version | None]:
    """One version; None where there is none of this number."""
    return Topic(("version", number), lambda: reader.find_version(context.source, number))


def metrics(context: Context, number: int) -> Topic[dict[str, float]]:
    """The metrics of a version, which do not change."""
    return Topic(("version metrics", number), lambda: reader.fetch_metrics(context.source, number), lambda _: 300.0)


def situation(context: Context, number: int) -> Topic[Situation]:
    """What a decision about a version meets; a deployment of it is followed."""
    return Topic(
        ("version", "situation", number),
        lambda: fetch_situation(context.source, number),
        lambda met: 2.0 if met.pending else 10.0,
    )


def standing(context: Context) -> Topic[Standing]:
    """The live version, and the versions that wait for a decision."""
    return Topic(("versions", "standing"), lambda: fetch_standing(context.source))
