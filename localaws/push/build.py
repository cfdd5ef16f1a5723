"""A build: the phases of a buildspec, one after the other, with CodeBuild's rules of what follows a failure."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from localaws.push.buildspec import Buildspec, Phase
from localaws.push.shell import TIMED_OUT, Shell

# What CodeBuild still does after a phase has failed, unless its on-failure says otherwise.
_AFTER_FAILURE = {"build": ("post_build",)}
_LONGEST_QUOTE = 120


@dataclass(frozen=True)
class Failure:
    """The first command that failed."""

    phase: str
    command: str
    code: int

    def __str__(self) -> str:
        """Say it in a few words."""
        shown = " ".join(self.command.split())
        if len(shown) > _LONGEST_QUOTE:
            shown = shown[: _LONGEST_QUOTE - 3] + "..."
        ended = "took too long" if self.code == TIMED_OUT else f"ended with {self.code}"
        return f"in {self.phase}, `{shown}` {ended}"


def run(
    spec: Buildspec, folder: Path, environment: Mapping[str, str], write: Callable[[str], None], seconds: float
) -> Failure | None:
    """Run the phases in a folder; answers the first failure, or None where all went well."""
    deadline = time.monotonic() + seconds
    failure: Failure | None = None
    allowed: tuple[str, ...] | None = None
    with Shell(spec.shell, folder, {**spec.variables, **environment}, write) as shell:
        for phase in spec.phases:
            if allowed is not None and phase.name not in allowed:
                write(f"--- {phase.name} is not run\n")
                continue
            shell.run(f"export CODEBUILD_BUILD_SUCCEEDING={int(failure is None)}", deadline)
            found = _run_phase(phase, shell, write, deadline)
            failure = failure or found
            if found:
                allowed = _what_follows(phase, allowed)
    return failure


def _what_follows(phase: Phase, allowed: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The phases that may still run after this one failed; None for all."""
    if phase.on_failure == "CONTINUE":
        return allowed
    return () if phase.on_failure == "ABORT" else _AFTER_FAILURE.get(phase.name, ())


def _run_phase(phase: Phase, shell: Shell, write: Callable[[str], None], deadline: float) -> Failure | None:
    write(f"--- {phase.name}\n")
    failure = _run_commands(phase.name, phase.commands, shell, write, deadline)
    # `finally` runs in any case.
    last = _run_commands(phase.name, phase.finally_, shell, write, deadline)
    return failure or last


def _run_commands(
    phase: str, commands: tuple[str, ...], shell: Shell, write: Callable[[str], None], deadline: float
) -> Failure | None:
    for command in commands:
        write("".join(f"$ {line}\n" for line in command.strip().splitlines()))
        code = shell.run(command, deadline)
        if code:
            return Failure(phase, command, code)
    return None
