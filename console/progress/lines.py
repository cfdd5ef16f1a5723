"""An execution told line by line, for where the output is not a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from console.formats import duration, elapsed, moment
from console.progress.snapshot import Snapshot, StepView
from console.progress.tree import accuracies, trials


class Teller:
    """Remembers what it has told, and tells what is new."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def tell(self, snapshot: Snapshot) -> Iterator[str]:
        """The lines that have become true since the last call."""
        for line in self._all(snapshot):
            if line not in self._told:
                self._told.add(line)
                yield line

    def _all(self, snapshot: Snapshot) -> Iterator[str]:
        yield f"{moment(snapshot.start)} {snapshot.arn}"
        for name, value in snapshot.parameters.items():
            yield f"  {name} = {value}"
        for step in sorted((step for step in snapshot.steps if step.start), key=_start):
            yield f"{moment(step.start)} {step.name} started"
            yield from _epochs(step)
            if step.searching and not step.cached_from:
                yield f"  {step.name}: {trials(step.searching)}"
            if step.end:
                yield _end(step)
        if snapshot.end:
            took = duration(elapsed(snapshot.start, snapshot.end))
            yield f"{moment(snapshot.end)} {snapshot.status} after {took}"
            if snapshot.reason:
                yield f"  {snapshot.reason}"


def _start(step: StepView) -> float:
    return step.start.timestamp() if step.start else 0.0


def _epochs(step: StepView) -> Iterator[str]:
    if step.training and not step.cached_from:
        total = f" of {step.training.total}" if step.training.total else ""
        for epoch in step.training.epochs:
            if epoch.validation is not None and epoch.train is not None:
                yield f"  {step.name} epoch {epoch.number}{total}: {accuracies(epoch)}"


def _end(step: StepView) -> str:
    took = duration(elapsed(step.start, step.end))
    notes = [f"from the cache of {step.cached_from}"] if step.cached_from else []
    notes += [f"outcome {step.outcome}"] if step.outcome else []
    notes += [step.reason] if step.reason else []
    return f"{moment(step.end)} {step.name} {step.status} after {took}" + (f": {'; '.join(notes)}" if notes else "")
