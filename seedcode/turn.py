"""A build waits for those before it, and gives way where its commit is no longer the newest of the branch.

CodeBuild's `ConcurrentBuildLimit` would refuse the second build instead, and its push with it; and the order in which
queued builds start is not known: https://docs.aws.amazon.com/codebuild/latest/userguide/builds-working.html
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from seedcode.errors import PackagingError

# By the phase that a build is in. Those that are queued are not waited for: they may be queued behind this one.
_AHEAD_BY_NUMBER = frozenset({"PROVISIONING", "DOWNLOAD_SOURCE", "INSTALL", "PRE_BUILD"})
_AHEAD_ANYWAY = frozenset({"BUILD", "POST_BUILD", "UPLOAD_ARTIFACTS", "FINALIZING"})
_POLL_SECONDS = 5
_STOP_SECONDS = 300

Build = dict[str, Any]
Say = Callable[[str], None]


class TurnError(PackagingError):
    """A sentence for who reads the build's log: what was given, what is allowed, what to do."""


@dataclass(frozen=True)
class Turn:
    """A build, by its id, that asks when it may go on; `find_newest` answers the branch's newest commit, or None."""

    codebuild: Any  # a boto3 client
    build_id: str
    commit: str
    find_newest: Callable[[], str | None]
    sleep: Callable[[float], None] = time.sleep

    def wait(self, say: Say) -> str | None:
        """Wait until no other build goes first; answers the newest commit where this build must give way to it."""
        reported: list[int] = []
        while True:
            newest = self.find_newest()
            if newest and newest != self.commit:
                return newest
            ahead = sorted(self._find_ahead())
            if not ahead:
                return None
            if ahead != reported:
                say(f"This build waits for {', '.join(map(str, ahead))} of this project: two would update one stack.")
                reported = ahead
            self.sleep(_POLL_SECONDS)

    def give_way(self) -> None:
        """Stop this build; CodeBuild then ends the command that calls this. Raises TurnError where it does not."""
        self.codebuild.stop_build(id=self.build_id)
        self.sleep(_STOP_SECONDS)
        raise TurnError(f"CodeBuild did not end {self.build_id} within {_STOP_SECONDS} s of its stop; stop it by hand.")

    def _find_ahead(self) -> Iterator[int]:
        """The numbers of the builds that go first. The newest hundred have all that can be under way."""
        project = self.build_id.partition(":")[0]
        ids = self.codebuild.list_builds_for_project(projectName=project)["ids"]
        builds: dict[str, Build] = {
            build["id"]: build
            for build in self.codebuild.batch_get_builds(ids=sorted({*ids, self.build_id})[:100])["builds"]
        }
        own = builds.pop(self.build_id)["buildNumber"]
        for build in builds.values():
            if build["buildStatus"] == "IN_PROGRESS":
                phase, number = build.get("currentPhase"), build["buildNumber"]
                if phase in _AHEAD_ANYWAY or (phase in _AHEAD_BY_NUMBER and number < own):
                    yield number


_SECONDS = 60


def find_newest_in_codecommit(codecommit: Any, repository: str, branch: str) -> str | None:  # noqa: ANN401 - a boto3 client
    """Ask CodeCommit; None where the branch is gone."""
    try:
        return str(codecommit.get_branch(repositoryName=repository, branchName=branch)["branch"]["commitId"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "BranchDoesNotExistException":
            raise
        return None


def find_newest_at_origin(root: Path, branch: str) -> str | None:
    """Ask the remote that the checkout came from, with the credentials that CodeBuild gives git; None for no answer."""
    command = ["git", "ls-remote", "--exit-code", "origin", f"refs/heads/{branch}"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=_SECONDS, check=False)
    return done.stdout.split()[0] if done.returncode == 0 and done.stdout.split() else None
