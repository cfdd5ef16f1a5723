"""The newest commit of the branch that is built, as its repository has it now."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

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
