"""Follows an execution to its end: a live tree on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from rich.console import Console
from rich.live import Live

from console import tuning
from console.executions import fetch_fixed, identifier
from console.formats import duration, moment, took
from console.output import say
from console.progress.snapshot import Client, Snapshot, StepView, fetch_snapshot
from console.progress.tree import accuracies, draw, summarize_search

_POLL_SECONDS = 1.0


def follow(client: Client, arn: str) -> int:
    """Watch until the execution has ended; answers 0 where it Succeeded, else 1.

    Ctrl-C ends the watching alone, and says so: KeyboardInterrupt is raised again.
    """
    try:
        status = _live(client, arn) if sys.stdout.isatty() else _plain(client, arn)
    except KeyboardInterrupt:
        name = identifier(arn)
        sys.stderr.write(
            f"\nThe execution goes on. `scones watch {name}` comes back to it, `scones stop {name}` ends it.\n"
        )
        raise
    for line in tuning.write_conclusion(client("sagemaker"), arn):
        say(line)
    return 0 if status == "Succeeded" else 1


def _live(client: Client, arn: str) -> str:
    fixed = fetch_fixed(client("sagemaker"), arn)
    snapshot = fetch_snapshot(client, arn, fixed)
    with Live(draw(snapshot), console=Console(highlight=False), refresh_per_second=4) as live:
        while snapshot.end is None:
            time.sleep(_POLL_SECONDS)
            snapshot = fetch_snapshot(client, arn, fixed)
            live.update(draw(snapshot))
    return snapshot.status


def _plain(client: Client, arn: str) -> str:
    writer = LineWriter()
    fixed = fetch_fixed(client("sagemaker"), arn)
    while True:
        snapshot = fetch_snapshot(client, arn, fixed)
        for line in writer.write(snapshot):
            say(line, flush=True)
        if snapshot.end is not None:
            return snapshot.status
        time.sleep(_POLL_SECONDS)


class LineWriter:
    """Writes an execution line by line, for where the output is no terminal; it remembers what it has written."""

    def __init__(self) -> None:
        self._written: set[str] = set()

    def write(self, snapshot: Snapshot) -> Iterator[str]:
        for line in self._all(snapshot):
            if line not in self._written:
                self._written.add(line)
                yield line

    def _all(self, snapshot: Snapshot) -> Iterator[str]:
        yield f"{moment(snapshot.start)} {snapshot.arn}"
        for name, value in snapshot.parameters.items():
            yield f"  {name} = {value}"
        for step in sorted((step for step in snapshot.steps if step.start), key=_start):
            yield f"{moment(step.start)} {step.name} started"
            yield from _epochs(step)
            if step.searching and not step.cached_from:
                yield f"  {step.name}: {summarize_search(step.searching)}"
            if step.end:
                yield _end(step)
        if snapshot.end:
            yield f"{moment(snapshot.end)} {snapshot.status} after {duration(snapshot.seconds)}"
            if snapshot.own_reason:
                yield f"  {snapshot.own_reason}"


def _start(step: StepView) -> float:
    return step.start.timestamp() if step.start else 0.0


def _epochs(step: StepView) -> Iterator[str]:
    if step.training and not step.cached_from:
        total = f" of {step.training.total}" if step.training.total else ""
        for epoch in step.training.epochs:
            if epoch.validation is not None and epoch.train is not None:
                yield f"  {step.name} epoch {epoch.number}{total}: {accuracies(epoch)}"


def _end(step: StepView) -> str:
    notes = [f"from the cache of {step.cached_from}"] if step.cached_from else []
    notes += [f"outcome {step.outcome}"] if step.outcome else []
    notes += [step.reason] if step.reason else []
    return f"{moment(step.end)} {step.name} {step.status} after {took(step.start, step.end)}" + (
        f": {'; '.join(notes)}" if notes else ""
    )
