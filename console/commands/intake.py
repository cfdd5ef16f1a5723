"""`scones ingest` and `label`: labelled images for the next training."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.labels import LABELS
from console.commands import Command
from console.errors import CommandError
from console.output import print_json, print_rows, say
from console.target import Target, choose

if TYPE_CHECKING:
    from console.intake.images import Image
    from console.intake.store import Store

# S3 rounds to whole seconds, and its clock may differ from this one's.
_CLOCK = timedelta(seconds=5)
_NAMED = 20
CHOICES = (*LABELS, "neither")
_CLOSE = "Close the batch with `scones ingest --close` when all are labelled."


def ingest(options: Namespace) -> int:
    """Send images, wait, and print how many were new, known or put aside, and which execution was started."""
    from console.intake import images
    from console.intake.store import Store

    if options.close == (options.folder is not None) or (options.close and options.no_run):
        raise CommandError("Give a folder, with or without --no-run, or --close alone.", 2)
    chosen = [] if options.close else images.collect(options.folder)
    target = choose(options.target)
    store = Store(target)
    summary = _send(target, store, chosen) if chosen else {}
    if not options.no_run:
        summary |= _close(target, store)
    if options.json:
        print_json(summary)
    else:
        _print(summary)
    return 0


def _add_ingest(parser: ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="holds bicycle/ and motorcycle/")
    parser.add_argument("--no-run", action="store_true", help="only take the images in; more of the batch follow")
    parser.add_argument("--close", action="store_true", help="send nothing, but close the batch that is open")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _send(target: Target, store: Store, chosen: list[Image]) -> dict[str, Any]:
    from console.intake import ingestion
    from console.output import Bar

    since = datetime.now(UTC) - _CLOCK
    before = {entry.key for entry in store.entries(ingestion.CURATED)}
    with Bar("Send images") as bar:
        store.send(chosen, bar.advance)
    keys = sorted({image.key for image in chosen})
    with Bar("Take them in") as bar:
        ingestion.await_intake(store, keys, bar.advance, _function(target))
    outcome = ingestion.find_outcome(store, chosen, before, since)
    return {"sent": len(keys), **asdict(outcome)}


def _close(target: Target, store: Store) -> dict[str, Any]:
    from console.intake import ingestion

    _say_plan(target)
    batch = ingestion.await_execution(store, ingestion.close_batch(store), _function(target))
    return {"batch": batch.identity, "execution": batch.execution, "reason": batch.reason}


def _say_plan(target: Target) -> None:
    """Say which profile will train, and how long; a batch is closed also where that cannot be found out."""
    from botocore.exceptions import BotoCoreError, ClientError

    from console.retraining import describe_plan

    with suppress(BotoCoreError, ClientError, ValueError):
        if plan := describe_plan(target):
            print(plan, file=sys.stderr, flush=True)


def _function(target: Target) -> str:
    return f"{target.project.project}-ingest-image"


def _print(summary: dict[str, Any]) -> None:
    if "sent" in summary:
        _print_images(summary)
    if "batch" not in summary:
        say("The batch is open; close it with `scones ingest --close`.")
    elif summary["reason"]:
        say(f"The batch is closed, and no training was started: {summary['reason']}")
    elif summary["execution"]:
        say(f"The batch is closed, and a training runs on it: {summary['execution']}")
    else:
        say(
            "The batch is closed and waits: an execution runs, or the day has had its automatic trainings; "
            "see `scones executions`."
        )


def _print_images(summary: dict[str, Any]) -> None:
    aside = summary["quarantined"]
    say(
        f"{summary['sent']} images: {summary['curated']} are new, {summary['duplicates']} were there already, "
        f"{len(aside)} were put aside."
    )
    for reason, count in sorted(Counter(row["reason"] for row in aside).items()):
        say(f"  {reason}: {count}")
    for row in aside[:_NAMED]:
        say(f"  {row['file']}: {row['cause']}")
    if len(aside) > _NAMED:
        say(f"  and {len(aside) - _NAMED} more; --json has them all.")


def label(options: Namespace) -> int:
    """Label one image, list them, or ask about one after the other, which takes a terminal."""
    from console.intake.store import Store

    if (options.key is None) != (options.label is None):
        raise CommandError(
            f"Give the image's key and one of {', '.join(map(repr, CHOICES))}; or no argument, to be asked about each.",
            2,
        )
    if options.key and (options.list or options.json):
        raise CommandError("--list and --json list what waits; leave them out to label an image.", 2)
    store = Store(choose(options.target))
    if options.key:
        return _label(store, options.key, options.label)
    if options.list or options.json:
        return _list(store, as_json=options.json)
    if sys.stdin.isatty():
        return _ask(store)
    sys.stderr.write(
        "Nobody is at a terminal to be asked, so this is what waits; `scones label KEY LABEL` labels one.\n"
    )
    return _list(store, as_json=False)


def _add_label(parser: ArgumentParser) -> None:
    parser.add_argument("key", nargs="?", metavar="KEY", help="key or s3:// address of an image under review/")
    parser.add_argument("label", nargs="?", choices=CHOICES, help="what it shows")
    parser.add_argument("--list", action="store_true", help="list what waits, and ask nothing")
    parser.add_argument("--json", action="store_true", help="print the list as JSON")


def _label(store: Store, key: str, choice: str) -> int:
    from console.intake import review

    say(f"{key} is {review.label(store, key, choice)} now.")
    if choice != review.NEITHER:
        say(_CLOSE)
    return 0


def _list(store: Store, *, as_json: bool) -> int:
    from console.intake import review

    rows = [asdict(image) for image in review.list_waiting(store)]
    for row in rows:
        row["version"] = int(row["version"]) if (row["version"] or "").isdecimal() else None
    print_rows(rows, as_json=as_json, empty="No image waits for review.")
    return 0


def _ask(store: Store) -> int:
    """Ask about each image; an empty answer leaves it, and `q` ends."""
    from console.intake import review

    waiting, labelled = review.list_waiting(store), 0
    for number, image in enumerate(waiting, 1):
        say(f"\n{number} of {len(waiting)}: {image.key}\n  {image.summary}\n  view: {store.link(image.key)}")
        answer = _answer()
        if answer == "q":
            break
        if answer:
            review.label(store, image.key, answer)
            labelled += answer != review.NEITHER
    say(f"\nLabelled: {labelled}. {_CLOSE}" if labelled else "\nNo image was labelled.")
    return 0


def _answer() -> str:
    """One of the labels by its first letter, `q`, or nothing."""
    while True:
        try:
            word = input("  [b]icycle, [m]otorcycle, [n]either, enter to leave it, [q]uit: ").strip().lower()
        except EOFError:
            return "q"
        if word in ("", "q"):
            return word
        for choice in CHOICES:
            if choice.startswith(word):
                return choice


COMMANDS = {
    "ingest": Command(ingest, _add_ingest),
    "label": Command(label, _add_label),
}
