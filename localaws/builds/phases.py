"""The phases of a buildspec, one after the other, with CodeBuild's rules of what follows a failure.

https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from localaws.builds.buildspec import Buildspec, Phase
from localaws.builds.errors import COMMAND_EXECUTION_ERROR, BuildError
from localaws.builds.shell import STOPPED, TIMED_OUT, Shell

# What CodeBuild still does after a phase has failed, unless its on-failure says otherwise.
_AFTER_FAILURE = {"build": ("post_build",)}


@dataclass(frozen=True)
class Failure:
    """The first command that failed."""

    phase: str
    command: str
    code: int

    @property
    def timed_out(self) -> bool:
        """Whether the build's time was over."""
        return self.code == TIMED_OUT

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped the build."""
        return self.code == STOPPED

    @property
    def ends_all(self) -> bool:
        """Whether nothing may follow, whatever the buildspec says."""
        return self.stopped or self.timed_out

    @property
    def error(self) -> BuildError:
        """The failure as the context of its phase, in CodeBuild's words."""
        return BuildError(
            f"Error while executing command: {self.command.strip()}. Reason: exit status {self.code}",
            COMMAND_EXECUTION_ERROR,
        )


class Watch(Protocol):
    """Who follows a build: is given what is printed and which phase it is in, and may stop it."""

    def write(self, text: str) -> None:
        """Take what was printed."""

    def note(self, sentence: str) -> None:
        """Take a line of CodeBuild itself."""

    def enter(self, phase: str) -> None:
        """A phase begins, by CodeBuild's name of it."""

    def leave(self, error: BuildError | None = None, status: str = "FAILED") -> None:
        """The phase has ended: well, or with an error and a status."""

    def stopped(self) -> bool:
        """Whether the build was stopped."""

    def started(self, pid: int) -> None:
        """A shell has started; its number leads a process group."""


def run(spec: Buildspec, folder: Path, environment: Mapping[str, str], watch: Watch, seconds: float) -> Failure | None:
    """Run the phases in a folder; answers the first failure, or None where all went well."""
    deadline = time.monotonic() + seconds
    failure: Failure | None = None
    allowed: tuple[str, ...] | None = None
    variables = {**spec.variables, **environment}
    with Shell(spec.shell, folder, variables, watch.write, watch.stopped, watch.started) as shell:
        for phase in spec.phases:
            if allowed is not None and phase.name not in allowed:
                continue
            shell.run(f"export CODEBUILD_BUILD_SUCCEEDING={int(failure is None)}", deadline)
            found = _run_phase(phase, shell, watch, deadline)
            failure = failure or found
            if found:
                allowed = _what_follows(phase, found, allowed)
    return failure


def _what_follows(phase: Phase, failure: Failure, allowed: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The phases that may still run after this one failed; None for all."""
    if failure.ends_all:
        return ()
    if phase.on_failure == "CONTINUE":
        return allowed
    return () if phase.on_failure == "ABORT" else _AFTER_FAILURE.get(phase.name, ())


def _run_phase(phase: Phase, shell: Shell, watch: Watch, deadline: float) -> Failure | None:
    watch.enter(phase.name.upper())
    failure = _run_commands(phase.name, phase.commands, shell, watch, deadline)
    if failure is None or not failure.ends_all:
        # `finally` runs after commands that failed, too.
        last = _run_commands(phase.name, phase.finally_, shell, watch, deadline)
        failure = last if last and last.ends_all else failure or last
    if failure is None:
        watch.leave()
    elif failure.stopped:
        watch.leave(status="STOPPED")
    elif failure.timed_out:
        watch.leave(BuildError("Build has timed out. ", "BUILD_TIMED_OUT"), "TIMED_OUT")
    else:
        watch.leave(failure.error)
    return failure


def _run_commands(phase: str, commands: tuple[str, ...], shell: Shell, watch: Watch, deadline: float) -> Failure | None:
    for command in commands:
        watch.note(f"Running command {command.strip()}")
        code = shell.run(command, deadline)
        if code:
            if code not in (STOPPED, TIMED_OUT):
                watch.note(f"Command did not exit successfully {command.strip()} exit status {code}")
            return Failure(phase, command, code)
    return None
