"""`scones ingest`: send a folder of labelled pictures, and have the model trained on them."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from console.errors import CommandError
from console.output import say
from console.target import Target, choose

# S3 tells whole seconds, and its clock may differ from this one's.
_CLOCK = timedelta(seconds=5)
_NAMED = 20


def add_arguments(parser: ArgumentParser) -> None:
    """A folder, and whether a training follows."""
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="holds bicycle/ and motorcycle/")
    parser.add_argument("--no-run", action="store_true", help="only take the pictures in; more of the batch follow")
    parser.add_argument("--close", action="store_true", help="send nothing, but close the batch that is open")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: Namespace) -> int:
    """Send, wait, and say how many were new, known or put aside, and which execution was started."""
    from console.intake import pictures
    from console.intake.store import Store

    if options.close == (options.folder is not None) or (options.close and options.no_run):
        raise CommandError("Give a folder, with or without --no-run, or --close alone.", 2)
    chosen = [] if options.close else pictures.collect(options.folder)
    target = choose(options.target)
    store = Store(target)
    summary = _send(target, store, chosen) if chosen else {}
    if not options.no_run:
        summary |= _close(target, store)
    if options.json:
        print(json.dumps(summary, indent=2))
    else:
        _tell(summary)
    return 0


def _send(target: Target, store: Any, chosen: list[Any]) -> dict[str, Any]:  # noqa: ANN401 - imported late
    from console.intake import outcome
    from console.transfer import Bar

    since = datetime.now(UTC) - _CLOCK
    before = {entry.key for entry in store.entries(outcome.CURATED)}
    with Bar("Send pictures") as bar:
        store.send(chosen, bar.advance)
    keys = sorted({picture.key for picture in chosen})
    with Bar("Take them in") as bar:
        outcome.wait_until_taken_in(store, keys, bar.advance, _function(target, "ingest-image"))
    judged = outcome.judge(store, chosen, before, since)
    return {
        "sent": len(keys),
        "curated": judged.curated,
        "duplicates": judged.duplicates,
        "quarantined": judged.quarantined,
    }


def _close(target: Target, store: Any) -> dict[str, Any]:  # noqa: ANN401
    from console.intake import batch

    followed = batch.follow(store, batch.close(store), _function(target, "ingest-image"))
    return {"batch": followed.identity, "execution": followed.execution}


def _function(target: Target, name: str) -> str:
    return f"{target.project.project}-{name}"


def _tell(summary: dict[str, Any]) -> None:
    if "sent" in summary:
        _tell_pictures(summary)
    if "batch" not in summary:
        say("The batch is open; close it with `scones ingest --close`.")
    elif summary["execution"]:
        say(f"The batch is closed, and a training runs on it: {summary['execution']}")
    else:
        say(
            "The batch is closed and waits: an execution runs, or the day has had its automatic trainings; "
            "see `scones executions`."
        )


def _tell_pictures(summary: dict[str, Any]) -> None:
    aside = summary["quarantined"]
    say(
        f"{summary['sent']} pictures: {summary['curated']} are new, {summary['duplicates']} were there already, "
        f"{len(aside)} were put aside."
    )
    for reason, count in sorted(Counter(row["reason"] for row in aside).items()):
        say(f"  {reason}: {count}")
    for row in aside[:_NAMED]:
        say(f"  {row['file']}: {row['cause']}")
    if len(aside) > _NAMED:
        say(f"  and {len(aside) - _NAMED} more; --json has them all.")
