"""`scones label`: say what the pictures show that the model was not sure of."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import Any

from console.errors import CommandError
from console.output import say
from console.target import choose

CHOICES = ("bicycle", "motorcycle", "neither")
CLOSE = "Close the batch with `scones ingest --close` when all are labelled."


def add_arguments(parser: ArgumentParser) -> None:
    """A picture and its label; without them, one after the other is asked about."""
    parser.add_argument("key", nargs="?", metavar="KEY", help="key or s3:// address of a picture under review/")
    parser.add_argument("label", nargs="?", choices=CHOICES, help="what it shows")
    parser.add_argument("--list", action="store_true", help="list what waits, and ask nothing")
    parser.add_argument("--json", action="store_true", help="print the list as JSON")


def run(options: Namespace) -> int:
    """Label one picture, list them, or on a terminal ask about one after the other."""
    from console.intake.store import Store

    if (options.key is None) != (options.label is None):
        raise CommandError(f"Give a picture and one of {', '.join(CHOICES)}, or neither of both.", 2)
    store = Store(choose(options.target))
    if options.key:
        return _label(store, options.key, options.label)
    if options.list or options.json or not sys.stdin.isatty():
        return _list(store, as_json=options.json)
    return _ask(store)


def _label(store: Any, key: str, choice: str) -> int:  # noqa: ANN401 - imported late
    from console.intake import review

    say(f"{key} is {review.label(store, key, choice)} now.")
    if choice != review.NEITHER:
        say(CLOSE)
    return 0


def _list(store: Any, *, as_json: bool) -> int:  # noqa: ANN401
    from console.intake import review
    from console.output import print_rows

    rows = [asdict(doubt) for doubt in review.pending(store)]
    print_rows(rows, as_json=as_json, empty="No picture waits for a person.")
    return 0


def _ask(store: Any) -> int:  # noqa: ANN401
    """Ask about each picture; an empty answer leaves it, and `q` ends."""
    from console.intake import review

    doubts, labelled = review.pending(store), 0
    for number, doubt in enumerate(doubts, 1):
        say(f"\n{number} of {len(doubts)}: {doubt.key}\n  {doubt.summary}\n  look: {store.link(doubt.key)}")
        answer = _answer()
        if answer == "q":
            break
        if answer:
            review.label(store, doubt.key, answer)
            labelled += answer != review.NEITHER
    say(f"\nLabelled: {labelled}. {CLOSE}" if labelled else "\nNo picture was labelled.")
    return 0


def _answer() -> str:
    """One of the choices by its first letter, `q`, or nothing."""
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
