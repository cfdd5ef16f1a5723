"""Repositories of CodeCommit: Get, List and Delete, and their branches. What is in them, git itself answers."""

from __future__ import annotations

from pathlib import Path

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.operations import CODECOMMIT
from localaws.push import paging, pull_requests, repository
from localaws.push.pull_requests import list_named_repositories
from localaws.refusals import members
from localaws.shapes import Document


@CODECOMMIT.operation("GetRepository", on=(list_named_repositories,))
def get_repository(aws: Aws, request: Document) -> Document:
    """A repository by its name."""
    return {"repositoryMetadata": _described(aws, request["repositoryName"], _found(aws, request))}


@CODECOMMIT.operation(
    "ListRepositories", members=members("nextToken", only={"sortBy": ("repositoryName",), "order": ("ascending",)})
)
def list_repositories(aws: Aws, request: Document) -> Document:
    """All repositories by name, a hundred a page."""
    names = sorted(path.stem for path in repository.folder(aws.settings).glob("*.git"))
    chosen, more = paging.page(names, request)
    found = [(name, repository.folder(aws.settings) / f"{name}.git") for name in chosen]
    listed = [{"repositoryName": name, "repositoryId": repository.read_id(path)} for name, path in found]
    return {"repositories": listed, **more}


@CODECOMMIT.operation("DeleteRepository", on=(list_named_repositories,))
def delete_repository(aws: Aws, request: Document) -> Document:
    """Delete a repository with its commits; one that is not there answers nothing."""
    try:
        identifier = repository.read_id(_found(aws, request))
    except AwsError:
        return {}
    repository.delete(aws.settings, request["repositoryName"])
    return {"repositoryId": identifier}


@CODECOMMIT.operation("GetBranch", on=(list_named_repositories,))
def get_branch(aws: Aws, request: Document) -> Document:
    """The last commit of a branch."""
    for member, noun in (("repositoryName", "Repository"), ("branchName", "Branch")):
        if not request.get(member):
            raise AwsError(f"{noun}NameRequiredException", f"A {noun.lower()} name is required.")
    path, branch = _found(aws, request), request["branchName"]
    commit = repository.resolve(path, f"refs/heads/{branch}")
    if commit is None:
        raise AwsError("BranchDoesNotExistException", f"Branch {branch} does not exist")
    return {"branch": {"branchName": branch, "commitId": commit}}


def _found(aws: Aws, request: Document) -> Path:
    return pull_requests.repository_of(aws, request["repositoryName"])


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
