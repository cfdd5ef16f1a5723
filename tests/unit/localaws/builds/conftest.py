"""A CodeBuild without a port: repositories on disk, logs by moto, real builds of small buildspecs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from localaws.aws import Aws
from localaws.operations import CODEBUILD
from localaws.push import repository
from localaws.rest import answer

Document = dict[str, Any]
ROLE = "arn:aws:iam::000000000000:role/builder"
GROUP = "/aws/codebuild/bakery-build"


@dataclass
class Builds:
    """Calls CodeBuild as HTTP does, over one repository `bakery` and the project that builds it."""

    aws: Aws
    work: Path
    commits: list[str] = field(default_factory=list)

    def __call__(self, operation: str, **request: object) -> Document:
        status, content = answer(CODEBUILD, self.aws, operation, json.dumps(request).encode())
        said: Document = json.loads(content)
        assert status == 200, said
        return said

    def refused(self, operation: str, **request: object) -> tuple[str, str]:
        """The code and the sentence of an answer that must be an error."""
        status, content = answer(CODEBUILD, self.aws, operation, json.dumps(request).encode())
        said = json.loads(content)
        assert status == 400, said
        return said["__type"], said["message"]

    def commit(self, **files: str) -> str:
        """Commit files to the branch main of the repository; answers the commit."""
        if not self.work.exists():
            bare = repository.create(self.aws.settings, "bakery")
            (bare / "hooks" / "post-receive").unlink()
            self.work.mkdir()
            self.git("init", "--quiet", "--initial-branch=main")
            self.git("remote", "add", "origin", str(bare))
        for name, content in files.items():
            (self.work / name.replace("__", ".")).write_text(content, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=m")
        self.git("push", "--quiet", "origin", "main")
        self.commits.append(self.git("rev-parse", "HEAD"))
        return self.commits[-1]

    def git(self, *words: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words]
        return subprocess.run(command, cwd=self.work, check=True, capture_output=True, text=True).stdout.strip()

    def project(self, name: str = "bakery-build", **more: object) -> Document:
        location = "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/bakery"
        given: Document = {
            "name": name,
            "source": {"type": "CODECOMMIT", "location": location},
            "sourceVersion": "refs/heads/main",
            "artifacts": {"type": "NO_ARTIFACTS"},
            "environment": {"type": "LINUX_CONTAINER", "image": "i", "computeType": "BUILD_GENERAL1_SMALL"},
            "serviceRole": ROLE,
        }
        project: Document = self("CreateProject", **(given | more))["project"]
        return project

    def start(self, **request: object) -> Document:
        build: Document = self("StartBuild", **({"projectName": "bakery-build"} | request))["build"]
        return build

    def ended(self, build: Document) -> Document:
        """Wait for the end of a build."""
        self.aws.tasks.join(build["arn"], 20)
        (described,) = self("BatchGetBuilds", ids=[build["id"]])["builds"]
        assert described["buildComplete"], described
        return dict(described)

    def log(self, build: Document) -> str:
        """What CloudWatch Logs has of a build."""
        place = build["logs"]
        events = self.aws.clients.logs.get_log_events(
            logGroupName=place["groupName"], logStreamName=place["streamName"], startFromHead=True
        )["events"]
        return "\n".join(event["message"] for event in events)

    def failure(self, build: Document) -> tuple[str, str, str]:
        """The phase that failed, and code and message of its context."""
        (found,) = [(phase["phaseType"], *phase["contexts"]) for phase in build["phases"] if phase.get("contexts")]
        return found[0], found[1]["statusCode"], found[1]["message"]


@pytest.fixture
def builds(cloud: Aws, tmp_path: Path) -> Builds:
    return Builds(cloud, tmp_path / "work")


@pytest.fixture
def running(builds: Builds, settled: Callable[[Callable[[], bool]], None]) -> Callable[..., Document]:
    """A build that has begun its first command, and goes on for a minute."""

    def begin(**request: object) -> Document:
        build = builds.start(
            buildspecOverride='{"version": 0.2, "phases": {"build": {"commands": ["sleep 60"]}}}', **request
        )
        settled(lambda: builds("BatchGetBuilds", ids=[build["id"]])["builds"][0]["currentPhase"] == "BUILD")
        return build

    return begin
