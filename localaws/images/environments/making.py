"""Makes environments, or finds them made: each layer once for all jobs, and never half.

Layers lie in the user's cache and not in an installation's home, as several installations share gigabytes of packages
there and `scones down --wipe` shall not fetch them again. A layer's name is a hash of all that it is made of. It is
made under another name, by one process at a time (a lock that ends with its holder), and gets its own when it is whole:
what a `kill -9` leaves is never used, and removed by who makes the layer next.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from localaws import home
from localaws.failures import ClientFailure
from localaws.images.advice import COMMAND
from localaws.images.environments import showing
from localaws.images.environments.environment import Environment
from localaws.images.environments.folder import free_scripts
from localaws.images.environments.installing import Installation
from localaws.images.environments.interpreters import Interpreter, get_interpreter
from localaws.images.environments.made import GivenUp, Interrupted, Made, has_package
from localaws.images.environments.pip import Measure, PipReader, Progress, measure_in_lines
from localaws.platforms import find_cache

_TOOLS = ("pip", "setuptools")
_POLL_SECONDS = 0.2


def is_made(environment: Environment) -> bool:
    """Whether nothing needs to be fetched for an environment."""
    return all(layer.is_dir() for layer in list_layers(environment))


def list_layers(environment: Environment) -> list[Path]:
    """The folders of an environment's own layers, whether made or not; the lowest first."""
    interpreter = get_interpreter(environment.python)
    identity = _identity(interpreter, environment)
    return [_place(identity, environment.layers[: count + 1]) for count in range(len(environment.layers))]


def make(environment: Environment, on_progress: Progress, given_up: GivenUp, on_measure: Measure | None = None) -> Made:
    """Make what is missing of an environment; `on_measure` is told of the bytes, in lines where there is none.

    Raises ClientFailure with a sentence where packages cannot be had, and Interrupted where it is given up.
    """
    interpreter = get_interpreter(environment.python)
    made = _make_lowest(interpreter, environment, given_up)
    measure = on_measure or measure_in_lines(on_progress)
    for layer, requirements in zip(list_layers(environment), environment.layers, strict=True):
        reader = PipReader(on_progress)
        install = Installation(made, layer, requirements, environment.image, reader, measure, given_up)
        make_once(layer, install.write, on_progress, given_up)
        made = made.above(layer)
    return made


def _make_lowest(interpreter: Interpreter, environment: Environment, given_up: GivenUp) -> Made:
    """What is below the layers of packages: the interpreter's own packages, or pip and setuptools alone."""
    if environment.bare:
        return Made(interpreter, (), (), (interpreter.prefix,)).above(_make_tools(interpreter, given_up))
    scripts = _place({"scripts": str(interpreter.scripts), **_state([interpreter.scripts])}, ())
    make_once(scripts, partial(free_scripts, interpreter.scripts), lambda *_: None, given_up)
    sites = interpreter.sites
    if all(has_package(sites, tool) for tool in _TOOLS):
        return Made(interpreter, sites, (scripts,), (interpreter.prefix, *sites, scripts))
    tools = _make_tools(interpreter, given_up)
    packages = (*sites, tools / interpreter.packages)
    return Made(interpreter, packages, (scripts, tools / "bin"), (interpreter.prefix, *sites, scripts, tools))


def _make_tools(interpreter: Interpreter, given_up: GivenUp) -> Path:
    """An environment with pip, and setuptools where this Python brings it; no network is needed."""
    tools = _place({"tools": _name(interpreter)}, ())

    def write(target: Path) -> None:
        words = [str(interpreter.executable), "-m", "venv", str(target)]
        ended = subprocess.run(words, capture_output=True, text=True, check=False)
        if ended.returncode:
            said = (ended.stderr or ended.stdout).strip().splitlines()[-1:]
            raise ClientFailure(
                f"{interpreter.executable} cannot make an environment: {''.join(said)} Install what it lacks, such as "
                f"Debian's python3-venv, or name another interpreter with `{COMMAND} set`."
            )
        free_scripts(target / "bin", target / "bin")

    make_once(tools, write, lambda *_: None, given_up)
    return tools


def make_once(layer: Path, write: Callable[[Path], None], on_progress: Progress, given_up: GivenUp) -> None:
    """Let `write` fill a folder that is then `layer`, unless somebody has."""
    if layer.is_dir():
        return
    home.make(layer.parent)
    with _locked(layer.with_name(f"{layer.name}.lock"), on_progress, given_up):
        if layer.is_dir():
            return
        for left in layer.parent.glob(f"{layer.name}.new-*"):
            shutil.rmtree(left, ignore_errors=True)
        target = layer.with_name(f"{layer.name}.new-{secrets.token_hex(4)}")
        target.mkdir(mode=home.PRIVATE)
        try:
            write(target)
            target.rename(layer)
        finally:
            shutil.rmtree(target, ignore_errors=True)


@contextmanager
def _locked(file: Path, on_progress: Progress, given_up: GivenUp) -> Iterator[None]:
    with file.open("ab") as lock:
        waited = False
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not waited:
                    on_progress("Waiting for another job, which makes the same environment ...")
                waited = True
                if given_up():
                    raise Interrupted("It was stopped while packages of its image were fetched.") from None
                time.sleep(_POLL_SECONDS)
        yield


def _place(identity: object, layers: Sequence[Sequence[str]]) -> Path:
    written = json.dumps([identity, [sorted(layer) for layer in layers]], sort_keys=True)
    return find_cache() / "environments" / hashlib.sha256(written.encode()).hexdigest()[:24]


def _identity(interpreter: Interpreter, environment: Environment) -> dict[str, object]:
    """What an environment's layers depend on besides their requirements."""
    own = {} if environment.bare else _state(interpreter.sites)
    return {"python": _name(interpreter), "showing": _SHOWING, **own}


def _name(interpreter: Interpreter) -> list[str]:
    return [str(interpreter.executable), interpreter.version, interpreter.platform]


def _state(folders: Sequence[Path]) -> dict[str, object]:
    """What changes where something is installed in folders."""
    return {"state": [[str(folder), folder.stat().st_mtime_ns] for folder in folders if folder.is_dir()]}


_SHOWING = hashlib.sha256(Path(showing.__file__).read_bytes()).hexdigest()[:8]
