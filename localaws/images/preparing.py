"""Gives a program its environment before it starts: made or found in the cache, with an overlay of its own on it."""

from __future__ import annotations

import os
import secrets
import shutil
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from localaws.failures import ClientFailure
from localaws.images.environments.environment import Environment
from localaws.images.environments.folder import make_folder
from localaws.images.environments.made import GivenUp, Made
from localaws.images.environments.making import is_made, make
from localaws.images.environments.pip import Progress, pip_variables
from localaws.images.program import Program
from localaws.redirect import FOLDER

_PREFIX = "environment-"
_GONE = "gone-"


def prepare(program: Program, root: Path, on_progress: Progress, given_up: GivenUp) -> Program:
    """The program in an overlay of its own, beside `root`, the directory that is its /opt/ml.

    What is missing of the environment is fetched before, of which `on_progress` is told in lines. Raises ClientFailure
    where packages cannot be had, and Interrupted where that is given up.
    """
    if program.environment is None or program.docker:
        return program
    for note in program.environment.notes:
        on_progress(note)
    if not is_made(program.environment):
        for cost in program.environment.costs:
            on_progress(cost)
    made = _make(program.environment, on_progress, given_up)
    overlay = overlay_of(root)
    if overlay.exists():
        shutil.rmtree(overlay)
    python = make_folder(overlay, made.interpreter, made.packages)
    path = [python.parent, *made.scripts, os.environ.get("PATH", os.defpath)]
    ours = program.environment.python is None and not program.environment.bare
    variables = {
        "PATH": os.pathsep.join(map(str, path)),
        "VIRTUAL_ENV": str(overlay),
        "PYTHONNOUSERSITE": "1",
        # The project's own packages are no part of another's image; the way to the local AWS is.
        **({} if ours else {"PYTHONPATH": FOLDER}),
        **pip_variables(os.environ),
        **program.variables,
    }
    return replace(
        program,
        python=python,
        readable=(*program.readable, *made.folders),
        writable=(*program.writable, overlay),
        variables=variables,
    )


def _make(environment: Environment, on_progress: Progress, given_up: GivenUp) -> Made:
    try:
        return make(environment, on_progress, given_up)
    except ClientFailure as failure:
        if environment.without is None:
            raise
        said = str(failure).removeprefix("ClientError: ")
        on_progress(f"{said} The job's own pip is left to install them.")
        return make(environment.without, on_progress, given_up)


def discard(root: Path) -> None:
    """Remove the overlay of a container that has ended; nobody waits for what it holds to be deleted."""
    gone = overlay_of(root).with_name(f"{_GONE}{secrets.token_hex(8)}")
    with suppress(FileNotFoundError):
        overlay_of(root).rename(gone)
        threading.Thread(target=shutil.rmtree, args=(gone,), kwargs={"ignore_errors": True}, daemon=True).start()


def overlay_of(root: Path) -> Path:
    """Where the overlay of the container lies whose /opt/ml is `root`."""
    return root.with_name(f"{_PREFIX}{root.name}")
