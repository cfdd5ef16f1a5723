"""The CodeCommit service, as far as deployments ask it: which repositories there are, and deleting one.

Commits and pull requests are git's: `git push scones main`, with no service between.
"""

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
    """What is known of a repository."""
    name = request["repositoryName"]
    path = _find(aws, name)
    if not path.is_dir():
        raise AwsError("RepositoryDoesNotExistException", f"{name} does not exist")
    head = path / "HEAD"
    metadata = {
        "accountId": aws.settings.account,
        "repositoryId": repository.read_id(path),
        "repositoryName": name,
        "defaultBranch": git("symbolic-ref", "--short", "HEAD", folder=path).strip(),
        "lastModifiedDate": (path / "refs" / "heads").stat().st_mtime,
        "creationDate": head.stat().st_mtime,
        "cloneUrlHttp": clone_url(aws.settings, name),
        "Arn": f"arn:aws:codecommit:{aws.settings.region}:{aws.settings.account}:{name}",
    }
    return {"repositoryMetadata": metadata}


def list_repositories(aws: Aws, _: Document) -> Document:
    """All of them, by name."""
    found = sorted(repository.folder(aws.settings).glob("*.git"))
    return {
        "repositories": [
            {"repositoryName": path.name.removesuffix(".git"), "repositoryId": repository.read_id(path)}
            for path in found
        ]
    }


def delete_repository(aws: Aws, request: Document) -> Document:
    """Delete one with all its commits; one that is not there is no error, and has no id to answer."""
    path = _find(aws, request["repositoryName"])
    if not path.is_dir():
        return {}
    identifier = repository.read_id(path)
    repository.delete(aws.settings, request["repositoryName"])
    return {"repositoryId": identifier}


def _find(aws: Aws, name: str) -> Path:
    try:
        return repository.find(aws.settings, name)
    except PushError as error:
        raise AwsError("InvalidRepositoryNameException", str(error)) from error


CODECOMMIT = Service(
    "CodeCommit",
    "codecommit",
    {
        "DeleteRepository": delete_repository,
        "GetRepository": get_repository,
        "ListRepositories": list_repositories,
    },
)
