"""Repositories with commits, and what they make known."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from localaws.aws import Aws
from localaws.push import repository

Document = dict[str, Any]


@dataclass
class Bakery:
    """The repository `bakery` and a clone of it; its hook is taken away, so that tests tell of pushes themselves."""

    aws: Aws
    bare: Path
    work: Path

    def commit(self, branch: str = "main") -> str:
        """Make a commit on a branch and push it; answers its id."""
        self.git("switch", "--quiet", "-C", branch)
        self.git("commit", "--quiet", "--allow-empty", f"--message=on {branch}")
        self.git("push", "--quiet", "--force", "origin", branch)
        return self.git("rev-parse", "HEAD")

    def git(self, *words: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words]
        return subprocess.run(command, cwd=self.work, check=True, capture_output=True, text=True).stdout.strip()

    def told(self, kind: str = "Repository State Change") -> list[Document]:
        """The details of CodeCommit's events that wait to be delivered."""
        waiting = [event for _, event in self.aws.store.outbox(1000) if event["Source"] == "aws.codecommit"]
        assert all(event["Resources"] == ["arn:aws:codecommit:us-east-1:000000000000:bakery"] for event in waiting)
        return [json.loads(event["Detail"]) for event in waiting if event["DetailType"] == f"CodeCommit {kind}"]


@pytest.fixture
def bakery(aws: Aws, tmp_path: Path) -> Bakery:
    bare, work = repository.create(aws.settings, "bakery"), tmp_path / "work"
    (bare / "hooks" / "post-receive").unlink()
    work.mkdir()
    made = Bakery(aws, bare, work)
    made.git("init", "--quiet", "--initial-branch=main")
    made.git("remote", "add", "origin", str(bare))
    return made


@pytest.fixture
def call(aws: Aws) -> Callable[..., tuple[int, Document]]:
    """Ask CodeCommit as HTTP does: the status and what is answered."""
    from localaws.operations import CODECOMMIT
    from localaws.rest import answer

    def ask(operation: str, **request: object) -> tuple[int, Document]:
        status, content = answer(CODECOMMIT, aws, operation, json.dumps(request).encode())
        return status, json.loads(content)

    return ask
