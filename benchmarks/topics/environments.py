"""What a job's packages cost at its start: a second job of an image with packages, beside a first one without any.

The image's package is a wheel that is made here, as nothing shall depend on an index. The program is `true`, so that
all there is to measure is the environment, the start, and the removal of what the job had to itself.
"""

from __future__ import annotations

import os
import tempfile
import time
from functools import partial
from pathlib import Path
from unittest import mock

from benchmarks.alternation import timed
from benchmarks.figures import Measured, Series
from localaws.images.environments.environment import PRODUCT, Environment, of_packages
from localaws.images.preparing import discard, prepare
from localaws.images.program import Program
from localaws.isolation.launching import find
from localaws.jobs.container import Container, base_environment
from localaws.keys import Credentials
from localaws.settings import Settings
from tests.wheels import write_wheel

OURS = "an image with packages, its second job"
OTHER = "an image without packages, its first job"
BARE = "no environment of its own"
WHAT = "a job's program, from its start to its end"
ADDED = "what packages add"
MADE = "the first job's wait for its packages, from a folder"
_SECONDS = 60


def measure(quick: bool) -> Measured:
    """One container after the other, in turn of an image with packages, without, and without an environment."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write_wheel(place / "wheels", "tiny", "1.0", {"tiny.py": ""})
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(place / "wheels"), "XDG_CACHE_HOME": str(place / "cache")}
        with mock.patch.dict(os.environ, offline):
            return _measure(Settings(home=place / "home", isolation=find()), 10 if quick else 60)


def _measure(settings: Settings, rounds: int) -> Measured:
    packages = of_packages(["tiny"])
    _run(settings, PRODUCT)  # frees the installation's scripts, once
    started = time.monotonic()
    _run(settings, packages)
    made = time.monotonic() - started
    kinds: dict[str, Environment | None] = {OURS: packages, OTHER: PRODUCT, BARE: None}
    seconds = timed({who: partial(_run, settings, kind) for who, kind in kinds.items()}, rounds)
    values = {who: tuple(1000 * value for value in each) for who, each in seconds.items()}
    series = [Series(WHAT, who, "ms", each) for who, each in values.items()]
    added = tuple(mine - theirs for mine, theirs in zip(values[OURS], values[OTHER], strict=True))
    series += [Series(ADDED, OURS, "ms", added), Series(MADE, OURS, "s", (made,))]
    kept = "in namespaces" if settings.isolation.namespaces else "with rewritten paths"
    notes = (f"The program is `true`, {kept}; a third kind has no environment of its own, as built-in algorithms.",)
    return Measured("environments", OURS, tuple(series), notes)


def _run(settings: Settings, environment: Environment | None) -> None:
    root = settings.jobs / "job" / "algo-1"
    root.mkdir(parents=True, exist_ok=True)
    program = prepare(Program(("true",), environment=environment), root, lambda _: None, lambda: False)
    variables = base_environment(settings, Credentials("key", "secret"), program)
    container = Container(settings, root, program, variables)
    container.start(lambda _: None)
    code = container.wait(_SECONDS)
    container.finish()
    discard(root)
    if code != 0:
        raise RuntimeError(f"The program ended with {code}.")
