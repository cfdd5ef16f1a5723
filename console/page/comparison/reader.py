"""Runs as they are compared: their details, every parameter, and the curves of their trainings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from console.executions import OPENING
from console.formats import duration, moment
from console.joblogs import Tails
from console.page.execution.reader import fetch_execution
from console.page.run import Run
from console.page.runbook import fetch_run
from console.page.source import Source
from console.progress.snapshot import Epoch

MOST = 20


@dataclass(frozen=True)
class Compared:
    """A run, the value of each of its parameters, and the epochs of its training."""

    run: Run
    parameters: dict[str, str]
    epochs: tuple[Epoch, ...]


@dataclass(frozen=True)
class Comparison:
    """Runs in the order in which they were asked for, and the identifiers that AWS does not know."""

    runs: tuple[Compared, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """What one thing is in each run, as text, and whether the runs differ in it."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return len(set(self.values)) > 1


def fetch_comparison(source: Source, tails: Tails, identifiers: Sequence[str]) -> Comparison:
    """Fetch the runs; what cannot change any more is fetched once."""
    found, missing = [], []
    for identifier in identifiers[:MOST]:
        read = fetch_execution(source, tails, identifier)
        if read is None:
            missing.append(identifier)
            continue
        snapshot = read.snapshot
        run = fetch_run(source, Run(snapshot.arn, identifier, "", snapshot.status, snapshot.start))
        epochs = next((step.training.epochs for step in snapshot.steps if step.training), ())
        found.append(Compared(run, read.parameters, epochs))
    return Comparison(tuple(found), tuple(missing))


def list_facts(runs: Sequence[Compared]) -> list[Line]:
    """What the table of runs has as well."""
    rows = {
        "status": [item.run.status for item in runs],
        "started": [moment(item.run.start) for item in runs],
        "duration": [duration(item.run.seconds or 0) for item in runs],
        "profile": [item.run.details.profile if item.run.details else "" for item in runs],
        "version": [str(item.run.details.version or "") if item.run.details else "" for item in runs],
        "trigger": [item.run.details.trigger if item.run.details else "" for item in runs],
        "reason": [item.run.reason.removeprefix(OPENING) for item in runs],
        "note": [item.run.details.note if item.run.details else "" for item in runs],
    }
    return [Line(name, tuple(values)) for name, values in rows.items()]


def list_metrics(runs: Sequence[Compared]) -> list[Line]:
    """The metrics of any of the runs, accuracy first."""
    found = [item.run.details.metrics if item.run.details else {} for item in runs]
    names = {name for metrics in found for name in metrics if not name.endswith("_best_constant_classifier")}
    return [
        Line(name, tuple(f"{metrics[name]:.4f}" if name in metrics else "" for metrics in found))
        for name in sorted(names, key=lambda name: (name != "accuracy", name))
    ]


def list_parameters(runs: Sequence[Compared]) -> list[Line]:
    """Every parameter of any of the runs."""
    names = sorted({name for item in runs for name in item.parameters})
    return [Line(name, tuple(item.parameters.get(name, "") for item in runs)) for name in names]
