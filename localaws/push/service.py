"""The CodeCommit service: what repositories there are. What is in them, git itself tells."""

from __future__ import annotations

from pathlib import Path

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.protocol import Service
from localaws.push import repository
from localaws.push.environment import clone_url
from localaws.push.errors import PushError
from localaws.push.git import git
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
    commit = _commit(path, branch)
    if commit is None:
        raise AwsError("BranchDoesNotExistException", f"Branch {branch} does not exist")
    return {"branch": {"branchName": branch, "commitId": commit}}


def _found(aws: Aws, request: Document) -> Path:
    name = request["repositoryName"]
    try:
        path = repository.find(aws.settings, name)
    except PushError as error:
        raise AwsError("InvalidRepositoryNameException", str(error)) from error
    if not path.exists():
        raise AwsError("RepositoryDoesNotExistException", f"{name} does not exist")
    return path


def _described(aws: Aws, name: str, path: Path) -> Document:
    arn = f"arn:aws:codecommit:{aws.settings.region}:{aws.settings.account}:{name}"
    return {
        "accountId": aws.settings.account,
        "repositoryId": repository.read_id(path),
        "repositoryName": name,
        "defaultBranch": (path / "HEAD").read_text(encoding="utf-8").strip().rpartition("/")[2],
        "creationDate": (path / "config").stat().st_ctime,
        "lastModifiedDate": (path / "refs" / "heads").stat().st_mtime,
        "cloneUrlHttp": clone_url(aws.settings, name),
        "cloneUrlSsh": clone_url(aws.settings, name).replace("https://", "ssh://"),
        "Arn": arn,
    }


def _commit(path: Path, branch: str) -> str | None:
    try:
        return git("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}", folder=path).strip() or None
    except PushError:
        return None


CODECOMMIT = Service(
    "AWS CodeCommit",
    "codecommit",
    {
        "DeleteRepository": delete_repository,
        "GetBranch": get_branch,
        "GetRepository": get_repository,
        "ListRepositories": list_repositories,
    },
)
