"""The CodeCommit service: repositories and pull requests. What is in them, git itself tells."""

from __future__ import annotations

from pathlib import Path

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.protocol import Service
from localaws.push import comments, pull_requests, repository
from localaws.shapes import Document


def get_repository(aws: Aws, request: Document) -> Document:
    """A repository by its name."""
    return {"repositoryMetadata": _described(aws, request["repositoryName"], _found(aws, request))}


def list_repositories(aws: Aws, _: Document) -> Document:
    """All repositories, on one page."""
    paths = sorted(repository.folder(aws.settings).glob("*.git"))
    return {"repositories": [{"repositoryName": path.stem, "repositoryId": repository.read_id(path)} for path in paths]}


def delete_repository(aws: Aws, request: Document) -> Document:
    """Delete a repository with its commits; one that is not there answers nothing."""
    try:
        identifier = repository.read_id(_found(aws, request))
    except AwsError:
        return {}
    repository.delete(aws.settings, request["repositoryName"])
    return {"repositoryId": identifier}


def get_branch(aws: Aws, request: Document) -> Document:
    """The last commit of a branch."""
    path, branch = _found(aws, request), request["branchName"]
    commit = repository.resolve(path, f"refs/heads/{branch}")
    if commit is None:
        raise AwsError("BranchDoesNotExistException", f"Branch {branch} does not exist")
    return {"branch": {"branchName": branch, "commitId": commit}}


def _found(aws: Aws, request: Document) -> Path:
    return pull_requests.repository_of(aws, request["repositoryName"])


def _with_repository(aws: Aws, request: Document) -> Document:
    """A request with the repository that it is about, which some name by a pull request only."""
    if "repositoryName" in request or "pullRequestId" not in request:
        return request
    name = pull_requests.name_of_repository(aws, request["pullRequestId"])
    return {**request, "repositoryName": name} if name else request


def _described(aws: Aws, name: str, path: Path) -> Document:
    return {
        "accountId": aws.settings.account,
        "repositoryId": repository.read_id(path),
        "repositoryName": name,
        "defaultBranch": repository.default_branch(path),
        "creationDate": (path / "config").stat().st_ctime,
        "lastModifiedDate": (path / "refs" / "heads").stat().st_mtime,
        "cloneUrlHttp": repository.clone_url(aws.settings, name),
        "cloneUrlSsh": repository.clone_url(aws.settings, name).replace("https://", "ssh://"),
        "Arn": repository.arn(aws.settings, name),
    }


CODECOMMIT = Service(
    "AWS CodeCommit",
    "codecommit",
    {
        "CreatePullRequest": pull_requests.create_pull_request,
        "DeleteRepository": delete_repository,
        "GetBranch": get_branch,
        "GetCommentsForPullRequest": comments.get_comments_for_pull_request,
        "GetPullRequest": pull_requests.get_pull_request,
        "GetRepository": get_repository,
        "ListPullRequests": pull_requests.list_pull_requests,
        "ListRepositories": list_repositories,
        "PostCommentForPullRequest": comments.post_comment_for_pull_request,
        "UpdatePullRequestStatus": pull_requests.update_pull_request_status,
    },
    _with_repository,
)
