"""The newest commit of a branch: by CodeCommit's API, or by git where the repository is elsewhere."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from seedcode.commands import turn
from seedcode.turn import find_newest_at_origin, find_newest_in_codecommit


class CodeCommit:
    """A repository with one branch."""

    def __init__(self, code: str = "") -> None:
        self._code = code

    def get_branch(self, repositoryName: str, branchName: str) -> dict[str, Any]:
        if self._code:
            raise ClientError({"Error": {"Code": self._code, "Message": ""}}, "GetBranch")
        return {"branch": {"branchName": branchName, "commitId": f"of-{repositoryName}"}}


def test_codecommit_is_asked_and_a_branch_that_is_gone_has_no_newest_commit() -> None:
    assert find_newest_in_codecommit(CodeCommit(), "scones", "main") == "of-scones"
    assert find_newest_in_codecommit(CodeCommit("BranchDoesNotExistException"), "scones", "main") is None
    with pytest.raises(ClientError):
        find_newest_in_codecommit(CodeCommit("AccessDeniedException"), "scones", "main")


def test_git_asks_the_remote_of_the_checkout(tmp_path: Path) -> None:
    origin, checkout = tmp_path / "origin", tmp_path / "checkout"
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")

    def git(folder: Path, *words: str) -> str:
        done = subprocess.run(["git", *identity, *words], cwd=folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    origin.mkdir()
    git(origin, "init", "--quiet", "--initial-branch=main")
    git(origin, "commit", "--quiet", "--allow-empty", "--message=one")
    git(tmp_path, "clone", "--quiet", str(origin), str(checkout))
    git(origin, "commit", "--quiet", "--allow-empty", "--message=two")

    assert find_newest_at_origin(checkout, "main") == git(origin, "rev-parse", "HEAD")
    assert find_newest_at_origin(checkout, "other") is None


def test_outside_of_codebuild_there_is_nothing_to_wait_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(turn.BUILD, raising=False)
    run: Callable[[Any], int] = turn.run
    assert run(None) == 0
    assert "nothing to wait for" in capsys.readouterr().out
