"""An execution drawn as a tree for a terminal."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from console.formats import moment, took
from console.plain import plain
from console.progress.snapshot import Epoch, Searching, Snapshot, StepView, Training

_SIGNS = {
    "Waiting": ("·", "dim"),
    "Not run": ("·", "dim"),
    "Starting": ("▸", "cyan"),
    "Executing": ("▶", "cyan"),
    "Stopping": ("◼", "yellow"),
    "Stopped": ("◼", "yellow"),
    "Failed": ("✗", "bold red"),
    "Succeeded": ("✓", "green"),
}
_BAR_WIDTH = 24


def draw(snapshot: Snapshot) -> RenderableType:
    """The whole execution: header, parameters that differ from the default, steps, the failure's own words."""
    parts: list[RenderableType] = [_header(snapshot), *_parameters(snapshot), Text(), _steps(snapshot)]
    if snapshot.reason and not any(step.reason for step in snapshot.steps):
        parts += [Text(), Text(plain(snapshot.reason), style="red")]
    return Group(*parts)


def _header(snapshot: Snapshot) -> Text:
    sign, style = _SIGNS.get(snapshot.status, ("▶", "cyan"))
    lasted = took(snapshot.start, snapshot.end)
    header = Text.assemble((f"{sign} {snapshot.status}", style), f"  {snapshot.arn.split(':')[-1]}")
    header.append(f"\n  started {moment(snapshot.start)}")
    header.append(f", ended {moment(snapshot.end)} after {lasted}" if snapshot.end else f", running for {lasted}")
    return header


def _parameters(snapshot: Snapshot) -> list[Text]:
    return [Text(plain(f"  {name} = {value}"), style="dim") for name, value in snapshot.parameters.items()]


def _steps(snapshot: Snapshot) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for _ in range(4):
        table.add_column(overflow="fold")
    for step in snapshot.steps:
        sign, style = _SIGNS.get(step.status, ("?", ""))
        name = Text.assemble("  " * (step.depth + 1), (sign, style), f" {plain(step.name)}")
        lasted = took(step.start, step.end)
        table.add_row(
            name,
            Text(step.status, style=style),
            moment(step.start)[11:] + ("  " + lasted if lasted else ""),
            _note(step),
        )
    return table


def _note(step: StepView) -> Text:
    notes: list[Text] = []
    if step.cached_from:
        notes.append(Text(f"from the cache of {step.cached_from}", style="dim"))
    if step.outcome:
        notes.append(Text(plain(f"outcome {step.outcome}")))
    if step.attempts > 1:
        notes.append(Text(f"attempt {step.attempts}", style="yellow"))
    if step.training and not step.cached_from:
        notes.append(_training(step.training))
    if step.searching and not step.cached_from:
        notes.append(Text(summarize_search(step.searching)))
    if step.reason:
        notes.append(Text(plain(step.reason), style="red"))
    return Text("\n").join(notes)


def _training(training: Training) -> Text:
    if not training.epochs:
        return Text(training.phase, style="dim")
    # An epoch counts once its validation is known: a number without it is still under way.
    done = [epoch for epoch in training.epochs if epoch.validation is not None]
    text = Text()
    if training.total:
        filled = round(_BAR_WIDTH * len(done) / training.total)
        text.append("━" * filled, style="cyan").append("━" * (_BAR_WIDTH - filled), style="dim")
        text.append(f" epoch {len(done)} of {training.total}")
    if done:
        text.append(f"  {accuracies(done[-1])}, best {max(epoch.validation or 0 for epoch in done):.3f}")
    return text


def summarize_search(searching: Searching) -> str:
    """How far a search is, as text."""
    total = f" of {searching.most}" if searching.most else ""
    best = "" if searching.best is None else f", best validation accuracy {searching.best:.3f}"
    return f"{searching.ended}{total} trials ended{best}"


def accuracies(epoch: Epoch) -> str:
    """An epoch's accuracies as text."""
    known = [("train", epoch.train), ("validation", epoch.validation)]
    return " ".join(f"{name} {value:.3f}" for name, value in known if value is not None)
