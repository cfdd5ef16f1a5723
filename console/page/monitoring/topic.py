"""What the panel Monitoring follows besides the list of executions."""

from __future__ import annotations

from console.page.context import Context
from console.page.monitoring.reader import Drift, Queue, fetch_drift, fetch_queue
from console.page.poller import Topic
from console.retraining import Retraining, fetch_retraining


def drift(context: Context) -> Topic[Drift | None]:
    """The drift check's schedule and its runs; None where nothing is monitored."""
    return Topic(("drift",), lambda: fetch_drift(context.source), lambda _: 10.0)


def retraining(context: Context) -> Topic[Retraining]:
    """How many images are new, and what a training on them takes."""
    return Topic(("retraining",), lambda: fetch_retraining(context.source), lambda _: 15.0)


def review(context: Context) -> Topic[Queue]:
    """The images that wait for review."""
    return Topic(("review",), lambda: fetch_queue(context.source), lambda _: 8.0)
