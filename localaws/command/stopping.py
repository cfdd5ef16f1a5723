"""What a stop or a wipe of a local AWS costs, for who is asked before it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

from localaws import keys, process
from localaws.settings import Settings

_OBJECTS = Path("ministack/s3")
_BESIDE = ".meta.json"  # MiniStack keeps an object's headers in a file beside it
_OBJECT = ("object in S3", "objects in S3")
_COUNTED = {
    "model-package": ("registered version", "registered versions"),
    "pipeline-execution": ("execution", "executions"),
}


def list_losses(settings: Settings, *, wipe: bool) -> list[str]:
    """Lines that say which executions a stop interrupts and what a wipe removes; none where nothing is lost."""
    return [*_list_interrupted(settings, wipe=wipe), *(_list_removed(settings) if wipe else ())]


def _list_interrupted(settings: Settings, *, wipe: bool) -> Iterator[str]:
    from localaws.command.running import list_running  # noqa: PLC0415 - boto3 is slow to import

    key = keys.load(settings) if process.running_pid(settings) else None
    running = list_running(settings, key) if key else []
    if running:
        words = "An execution runs" if len(running) == 1 else f"{len(running)} executions run"
        yield f"{words}, and the stop ends the jobs:"
        yield from (f"  {found.id} of {found.pipeline}" for found in running)
        if not wipe:
            yield (
                "At the next `scones up` they are Failed, not resumed; `scones retry ID` goes on from the step that "
                "was interrupted."
            )


def _list_removed(settings: Settings) -> Iterator[str]:
    if not process.has_state(settings):
        return
    counts = [f"{count:,} {one if count == 1 else many}" for (one, many), count in _count(settings).items() if count]
    yield f"The wipe removes what is kept in {settings.home}, and nothing restores it:"
    yield f"  {', '.join([*counts, 'logs'])}"


def _count(settings: Settings) -> dict[tuple[str, str], int]:
    """How many there are of what a person would miss, in every region; read beside a local AWS that may run."""
    counts = dict.fromkeys([*_COUNTED.values(), _OBJECT], 0)
    for region in settings.used_regions():
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"{region.database.as_uri()}?mode=ro", uri=True)) as kept:
            for kind, count in kept.execute("SELECT kind, count(*) FROM documents GROUP BY kind"):
                if kind in _COUNTED:
                    counts[_COUNTED[kind]] += count
    objects = (settings.home / _OBJECTS).rglob("*")
    counts[_OBJECT] = sum(not path.name.endswith(_BESIDE) and path.is_file() for path in objects)
    return counts


def describe_absence(settings: Settings) -> str:
    """What to say where there was nothing to stop: also what answers on the port instead."""
    elsewhere = process.describe_elsewhere(settings)
    return "The local AWS was not running." + (f" {elsewhere}" if elsewhere else "")
