"""CodeBuild's builds of the project: what a push on AWS starts, whose log nobody has at their terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from common.aws_errors import is_missing
from console.errors import CommandError
from console.joblogs import read_stream
from console.output import say
from console.target import Target

Build = dict[str, Any]

_NEWEST = 20
_POLL_SECONDS = 2.0
# CodeCommit's event, the rule, and the build's place in the queue: normally a few seconds.
_START_SECONDS = 300


def name(target: Target) -> str:
    """The name of the CodeBuild project that builds pushes."""
    return f"{target.project.project}-build"


def list_newest(target: Target, most: int = _NEWEST) -> list[Build]:
    """The newest builds, newest first; none where nothing was built yet."""
    codebuild = target.client("codebuild")
    try:
        ids = codebuild.list_builds_for_project(projectName=name(target), sortOrder="DESCENDING")["ids"][:most]
    except ClientError as error:
        if not is_missing(error):
            raise
        raise CommandError(
            f"There is no build project {name(target)}: the stack was deployed with SourceProvider=NONE or not at all."
        ) from error
    builds = {one["id"]: one for one in codebuild.batch_get_builds(ids=ids)["builds"]} if ids else {}
    return [builds[one] for one in ids if one in builds]


def commit_of(build: Build) -> str:
    """The commit that a build builds; what it was asked for before its source is there."""
    commit: str = build.get("resolvedSourceVersion") or build.get("sourceVersion") or ""
    return commit


def await_build(target: Target, commit: str) -> Build:
    """The newest build of a commit, which may have to begin yet; raises CommandError where none begins."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        builds = list_newest(target)
        for build in builds:
            if commit_of(build) == commit:
                return build
        if time.monotonic() > deadline:
            known = ", ".join(commit_of(build)[:9] for build in builds) or "none"
            raise CommandError(
                f"No build of {commit[:9]} has begun within {_START_SECONDS} s (built were: {known}); was it pushed to "
                f"the branch that {name(target)} builds? The queue {target.project.project}-dead-letters has events "
                "that failed."
            )
        time.sleep(_POLL_SECONDS)


def follow(target: Target, build: Build) -> Build:
    """Print a build's log as it grows, until the build has ended; answers the build as it is then."""
    token = ""
    while True:
        # First the state, then the log: what was printed before the end is then read.
        [build] = target.client("codebuild").batch_get_builds(ids=[build["id"]])["builds"]
        for following, line in _lines(target, build, token):
            token = following
            say(line, flush=True)
        if build["buildComplete"]:
            return build
        time.sleep(_POLL_SECONDS)


def _lines(target: Target, build: Build, token: str) -> Iterator[tuple[str, str]]:
    """New lines of a build's log, each with the token to go on from; none before it has printed something."""
    place = build.get("logs", {})
    if not place.get("streamName"):
        return
    try:
        for following, lines in read_stream(target.client("logs"), place["groupName"], place["streamName"], token):
            for line in lines:
                yield following, line.rstrip("\n")
    except ClientError as error:
        if not is_missing(error):
            raise
