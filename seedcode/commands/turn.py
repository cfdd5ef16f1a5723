"""`python -m seedcode turn`: wait until no other build goes first, and stop this one where a newer commit has come."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path

from pipelines.clients import make_client
from pipelines.settings import Settings
from seedcode.turn import Turn, find_newest_at_origin, find_newest_in_codecommit

BUILD, COMMIT = "CODEBUILD_BUILD_ID", "CODEBUILD_RESOLVED_SOURCE_VERSION"
# What the template gives the project: of GitHub's repositories there is no name.
REPOSITORY, BRANCH = "SCONES_REPOSITORY", "SCONES_BRANCH"


def add_arguments(_: ArgumentParser) -> None:
    """Nothing to choose: CodeBuild and the template say which build, and of which branch."""


def run(_: Namespace) -> int:
    """Wait; where the build must give way, say so and stop it."""
    if not os.environ.get(BUILD):
        _say("This is no build of CodeBuild, so there is nothing to wait for.")
        return 0
    turn, branch = _read_turn(), _read_branch()
    newest = turn.wait(_say)
    if newest:
        _say(
            f"{turn.commit} is not the newest commit of {branch} any more, {newest} is: this build stops, the build "
            "of that one goes on. To build an older commit, push it anew."
        )
        turn.give_way()
    _say("It is this build's turn.")
    return 0


def _read_turn() -> Turn:
    region = Settings.from_environment(os.environ).region
    repository = os.environ.get(REPOSITORY)
    if repository:
        client = make_client("codecommit", region)
        find_newest = partial(find_newest_in_codecommit, client, repository, _read_branch())
    else:
        find_newest = partial(find_newest_at_origin, Path.cwd(), _read_branch())
    return Turn(make_client("codebuild", region), os.environ[BUILD], os.environ.get(COMMIT, ""), find_newest)


def _read_branch() -> str:
    return os.environ.get(BRANCH) or "main"


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()
