"""What the comparison follows besides the two executions."""

from __future__ import annotations

from console.page.comparison.reader import fetch_metrics
from console.page.context import Context
from console.page.execution.reader import Execution
from console.page.poller import Topic
from console.progress.snapshot import ENDED


def metrics(context: Context, execution: Execution) -> Topic[dict[str, float]]:
    """The metrics of an execution's model."""
    ended = execution.snapshot.status in ENDED
    return Topic(
        ("metrics", execution.snapshot.arn, ended),
        lambda: fetch_metrics(context.source, execution),
        lambda _: 120.0 if ended else 10.0,
    )
