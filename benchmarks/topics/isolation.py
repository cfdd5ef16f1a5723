"""What it costs to start a job's program in namespaces of its own, beside a plain process with rewritten paths.

The program is `true`, so that all there is to measure is the start: folders, launcher, mounts, and the end of it all.
"""

from __future__ import annotations

import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from benchmarks.alternation import alternate, seconds
from benchmarks.figures import Measured, Series
from localaws.images.program import Program
from localaws.isolation.kinds import Isolation
from localaws.isolation.launching import find
from localaws.jobs.container import Container, base_environment
from localaws.keys import Credentials
from localaws.settings import Settings

OURS = "namespaces"
WHAT = "a job's program, from its start to its end"
ADDED = "what namespaces add"
_SECONDS = 60
_PAUSE_SECONDS = 0.25


def measure(quick: bool) -> Measured:
    """One container after the other, in turn with and without namespaces."""
    found = find()
    if not found.namespaces:
        raise RuntimeError(f"There is nothing to measure, as {found.reason}.")
    with tempfile.TemporaryDirectory() as home:
        kinds = {OURS: found, "rewritten paths": Isolation()}
        candidates = {who: partial(_measure, Settings(home=Path(home), isolation=kind)) for who, kind in kinds.items()}
        found_seconds = alternate(candidates, 10 if quick else 60)
    values = {who: tuple(1000 * value for value in each) for who, each in found_seconds.items()}
    series = [Series(WHAT, who, "ms", each) for who, each in values.items()]
    added = tuple(mine - theirs for mine, theirs in zip(*values.values(), strict=True))
    series.append(Series(ADDED, OURS, "ms", added))
    notes = (
        "The program is `true`, so that the start is all that is measured. Starts are a quarter of a second apart, as "
        "steps of a pipeline are: meanwhile the launcher of the next one starts.",
    )
    return Measured("isolation", OURS, tuple(series), notes)


def _measure(settings: Settings) -> float:
    time.sleep(_PAUSE_SECONDS)
    return seconds(partial(_run, settings))


def _run(settings: Settings) -> None:
    root = settings.jobs / "job" / "algo-1"
    root.mkdir(parents=True, exist_ok=True)
    program = Program(("true",), python=Path(sys.executable))
    environment = base_environment(settings, Credentials("key", "secret"), program)
    container = Container(settings, root, program, environment)
    container.start(lambda _: None)
    code = container.wait(_SECONDS)
    container.finish()
    if code != 0:
        raise RuntimeError(f"The program ended with {code}.")
