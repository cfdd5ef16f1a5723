"""What the panel of an execution follows: the execution, and one of its steps with its log."""

from __future__ import annotations

from console.executions import ENDED
from console.page.context import Context
from console.page.execution.reader import Execution, fetch_execution
from console.page.execution.step import Step, fetch_step
from console.page.poller import Topic
from console.progress.snapshot import StepView

_LIVE = 2.5
_ENDED = 20.0


def execution(context: Context, identifier: str) -> Topic[Execution | None]:
    """One execution, which can still be retried when it has ended; None where there is none of this name."""
    return Topic(
        ("execution", identifier),
        lambda: fetch_execution(context.source, context.tails, identifier),
        lambda read: _LIVE if read and read.snapshot.status not in ENDED else _ENDED,
    )


def step(context: Context, read: Execution, view: StepView) -> Topic[Step]:
    """What a step was given and has made; its attempt is part of the key, and so is whether it has ended."""
    ended = view.status in ENDED
    return Topic(
        ("step", read.snapshot.arn, view.name, str(view.metadata), ended),
        lambda: fetch_step(context.source, read, view),
        lambda _: 60.0 if ended else 5.0,
    )


def log(context: Context, identifier: str, view: StepView) -> Topic[tuple[str, ...]]:
    """The last lines of a step's log."""
    ended = view.status in ENDED
    return Topic(
        ("log", identifier, view.name, str(view.metadata), ended),
        lambda: tuple(context.tails.lines(context.source.client("logs"), view.metadata)),
        lambda _: _ENDED if ended else _LIVE,
    )
