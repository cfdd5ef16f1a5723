"""aws-trial.md: durations, histories and events of each step on AWS, beside those of the local AWS."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from tests.rehearsal.observer import StepRecord
from tests.rehearsal.page import Step
from tests.trial.state import State
from tests.trial.table import AROUND, table

_ACCOUNT = re.compile(r"\b\d{12}\b")
_NONE = StepRecord()


def differences(ours: StepRecord, theirs: StepRecord) -> list[str]:
    """A sentence for each difference between a step on AWS and on the local AWS."""
    found = []
    for name in sorted({*ours.histories, *theirs.histories}):
        found += _differs(name, theirs.histories.get(name), ours.histories.get(name))
    for kind in sorted({*ours.events, *theirs.events}):
        # Events have no guaranteed order, and may arrive twice.
        here, there = sorted(set(ours.events.get(kind, []))), sorted(set(theirs.events.get(kind, [])))
        found += _differs(f"event {kind}", there or None, here or None)
    return found


def _differs(name: str, there: list[str] | None, here: list[str] | None) -> list[str]:
    if there == here:
        return []
    return [f"{name}: AWS {_words(there)}; local {_words(here)}"]


def _words(entries: list[str] | None) -> str:
    return " > ".join(entries) if entries else "nothing"


def page(state: State, steps: list[Step], local: Mapping[str, StepRecord], left: set[str]) -> str:
    """The report in Markdown; no account's number is in it."""
    parts = [
        "# A trial on AWS",
        f"Region {state.region}; the page was followed "
        + ("to its end." if not state.failure else f"until it failed:\n\n```\n{state.failure}\n```"),
        f"Left behind: {', '.join(sorted(left)) or 'nothing'}"
        + (f"; the key is deleted in 7 days ({state.key.rpartition('/')[2]})." if state.key else "."),
        "## Durations",
        "\n".join(_durations(state, steps, local)),
        "## What differs from the local AWS",
        "\n".join(_all_differences(state, steps, local)) or "Nothing.",
        "## Histories and events",
        *_histories(state, steps, local),
        "## Differences from the page",
        "\n".join(_table(state)),
    ]
    return _ACCOUNT.sub("123456789012", "\n\n".join(parts)).replace(state.mail or "\0", "you@example.com") + "\n"


def _durations(state: State, steps: list[Step], local: Mapping[str, StepRecord]) -> Iterator[str]:
    yield "| step | AWS, s | local, s |"
    yield "| --- | ---: | ---: |"
    for step in steps:
        here, there = local.get(step.title, _NONE), state.steps.get(step.title, _NONE)
        yield f"| {step.number}. {step.title} | {there.seconds:.0f} | {here.seconds:.0f} |"


def _all_differences(state: State, steps: list[Step], local: Mapping[str, StepRecord]) -> Iterator[str]:
    for step in steps:
        there = state.steps.get(step.title)
        if there is None:
            yield f"- {step.number}. {step.title}: not reached"
            continue
        for sentence in differences(local.get(step.title, _NONE), there):
            yield f"- {step.number}. {step.title}: {sentence}"


def _histories(state: State, steps: list[Step], local: Mapping[str, StepRecord]) -> Iterator[str]:
    for step in steps:
        here, there = local.get(step.title, _NONE), state.steps.get(step.title, _NONE)
        rows = [
            (name, there.histories.get(name), here.histories.get(name))
            for name in sorted({*here.histories, *there.histories})
        ]
        rows += [
            (f"event {kind}", there.events.get(kind), here.events.get(kind))
            for kind in sorted({*here.events, *there.events})
        ]
        if rows:
            head = f"### {step.number}. {step.title}\n\n| what | AWS | local |\n| --- | --- | --- |\n"
            yield head + "\n".join(f"| {name} | {_words(one)} | {_words(other)} |" for name, one, other in rows)


def _table(state: State) -> Iterator[str]:
    yield "| the page | here | why |"
    yield "| --- | --- | --- |"
    for one in table(state.mail):
        yield f"| `{_cell(one.command)}` | {f'`{_cell(one.by)}`' if one.by else 'nothing'} | {one.reason} |"
    for around in AROUND:
        yield f"| | {around.what.format(name=state.name)} | {around.reason} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
