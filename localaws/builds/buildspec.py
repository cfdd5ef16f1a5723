"""A buildspec as CodeBuild reads it: variables, shell, and the phases with their commands.

What a laptop cannot do is refused in a sentence, not passed over: secrets and parameters from other services.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from localaws.builds.errors import BuildError

PHASES = ("install", "pre_build", "build", "post_build")
SHELLS = ("bash", "sh")
ON_FAILURE = ("ABORT", "CONTINUE")
_VERSION = "0.2"
_REFUSED = ("parameter-store", "secrets-manager")
_SECTIONS = {"version", "run-as", "env", "proxy", "batch", "phases", "reports", "artifacts", "cache"}


@dataclass(frozen=True)
class Phase:
    """One phase: its commands, what follows them in any case, and what a failure does."""

    name: str
    commands: tuple[str, ...]
    finally_: tuple[str, ...] = ()
    on_failure: str | None = None


@dataclass(frozen=True)
class Buildspec:
    """What a build runs."""

    phases: tuple[Phase, ...]
    variables: Mapping[str, str]
    shell: str = "sh"


def parse(text: str) -> Buildspec:
    """Read a buildspec; raise BuildError for what CodeBuild would refuse and for what is not done on a laptop."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BuildError(f"The buildspec is no YAML: {' '.join(str(error).split())}") from error
    document = _mapping("The buildspec", document)
    unknown = sorted(set(map(str, document)) - _SECTIONS)
    if unknown:
        raise BuildError(f"The buildspec has {', '.join(unknown)}; it may have {', '.join(sorted(_SECTIONS))}.")
    if str(document.get("version")) != _VERSION:
        raise BuildError(f"The buildspec's version is {document.get('version')!r}; it must be {_VERSION}.")
    env = _mapping("env", document.get("env") or {})
    return Buildspec(_phases(document.get("phases")), _variables(env), _shell(env))


def _phases(given: object) -> tuple[Phase, ...]:
    phases = _mapping("phases", given)
    unknown = sorted(set(map(str, phases)) - set(PHASES))
    if unknown or not phases:
        raise BuildError(f"The buildspec's phases are {', '.join(unknown) or 'none'}; they can be {', '.join(PHASES)}.")
    return tuple(_phase(name, phases[name]) for name in PHASES if name in phases)


def _phase(name: str, given: object) -> Phase:
    body = _mapping(f"The phase {name}", given)
    on_failure = body.get("on-failure")
    if on_failure not in (None, *ON_FAILURE):
        raise BuildError(f"on-failure of {name} is {on_failure!r}; on a laptop it can be {' or '.join(ON_FAILURE)}.")
    return Phase(name, _commands(name, body.get("commands")), _commands(name, body.get("finally")), on_failure)


def _commands(name: str, given: object) -> tuple[str, ...]:
    listed = [] if given is None else given
    if not isinstance(listed, list) or not all(isinstance(command, str) for command in listed):
        raise BuildError(f"The commands of {name} are {given!r}; they must be a list of strings.")
    return tuple(listed)


def _variables(env: Mapping[str, Any]) -> dict[str, str]:
    for name in _REFUSED:
        if env.get(name):
            raise BuildError(f"The buildspec takes variables from {name}, which builds on a laptop do not have.")
    return {str(name): str(value) for name, value in _mapping("env.variables", env.get("variables") or {}).items()}


def _shell(env: Mapping[str, Any]) -> str:
    shell = str(env.get("shell", SHELLS[1]))
    if shell not in SHELLS:
        raise BuildError(f"The buildspec's shell is {shell!r}; on a laptop it can be {' or '.join(SHELLS)}.")
    return shell


def _mapping(what: str, given: object) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise BuildError(f"{what} is {given!r}; it must be a mapping.")
    return given
