"""Follows an execution to its end: a live tree on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import time

from rich.console import Console
from rich.live import Live

from console import tuning
from console.output import say
from console.progress.lines import Teller
from console.progress.snapshot import Client, take
from console.progress.tree import draw

_POLL_SECONDS = 1.0


def follow(client: Client, arn: str) -> int:
    """Watch until the execution has ended; answers 0 where it Succeeded, else 1."""
    status = _live(client, arn) if sys.stdout.isatty() else _plain(client, arn)
    for line in tuning.conclusion(client("sagemaker"), arn):
        say(line)
    return 0 if status == "Succeeded" else 1


def _live(client: Client, arn: str) -> str:
    snapshot = take(client, arn)
    with Live(draw(snapshot), console=Console(highlight=False), refresh_per_second=4) as live:
        while snapshot.end is None:
            time.sleep(_POLL_SECONDS)
            snapshot = take(client, arn)
            live.update(draw(snapshot))
    return snapshot.status


def _plain(client: Client, arn: str) -> str:
    teller = Teller()
    while True:
        snapshot = take(client, arn)
        for line in teller.tell(snapshot):
            say(line, flush=True)
        if snapshot.end is not None:
            return snapshot.status
        time.sleep(_POLL_SECONDS)
