"""`scones run`: bring the pipeline up to date and start an execution."""

from __future__ import annotations

import getpass
import subprocess
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from console.target import Target, choose


def add_arguments(parser: ArgumentParser) -> None:
    """A profile, parameters, and whether to stay and watch."""
    parser.add_argument("--profile", help="training profile (default: compact)")
    parser.add_argument("--set", action="append", default=[], metavar="Name=Value", help="a pipeline parameter")
    parser.add_argument("--watch", action="store_true", help="follow the execution to its end")


def run(options: Namespace) -> int:
    """Start, and print the execution's ARN."""
    target = choose(options.target)
    arn = start(target, options.profile, options.set)
    print(arn, flush=True)
    if not options.watch:
        return 0
    from console.progress.follow import follow

    return follow(target.client, arn)


def start(target: Target, profile: str | None, assignments: Sequence[str]) -> str:
    """Upload the code, update the pipeline, start an execution; answers its ARN."""
    from pipelines.profiles import DEFAULT_PROFILE, find_profile
    from pipelines.run import run as run_pipeline
    from pipelines.start import parse_overrides

    chosen = find_profile(profile or DEFAULT_PROFILE)
    return run_pipeline(target.project, chosen, _origin() | parse_overrides(assignments))


def _origin() -> dict[str, str]:
    found = subprocess.run(
        ["git", "rev-parse", "HEAD"],  # noqa: S607 - the git on the user's PATH
        capture_output=True,
        text=True,
        check=False,
    )
    commit = {"CommitId": found.stdout.strip()} if found.returncode == 0 else {}
    return {**commit, "StartedBy": getpass.getuser()}
