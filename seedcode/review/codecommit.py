"""A comment on a pull request of CodeCommit."""

import hashlib
from dataclasses import dataclass
from typing import Any

LONGEST = 10_240  # CodeCommit takes this many characters


@dataclass(frozen=True)
class PullRequest:
    """Which pull request, and between which commits."""

    identifier: str
    repository: str
    before: str
    after: str


def comment(codecommit: Any, request: PullRequest, text: str) -> str:  # noqa: ANN401 - a boto3 client
    """Post a comment and return its id; a build that is repeated posts no second one."""
    token = hashlib.sha256("\0".join((request.identifier, request.before, request.after, text)).encode()).hexdigest()
    answer = codecommit.post_comment_for_pull_request(
        pullRequestId=request.identifier,
        repositoryName=request.repository,
        beforeCommitId=request.before,
        afterCommitId=request.after,
        content=text,
        clientRequestToken=token,
    )
    return str(answer["comment"]["commentId"])
