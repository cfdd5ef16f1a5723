"""CodeCommit's API, as far as it is asked for a repository itself: to see it, and to delete it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.protocol import Service
from localaws.push import repository
from localaws.push.environment import clone_url
from localaws.push.errors import PushError
from localaws.shapes import Document


def get_repository(aws: Aws, request: Document) -> Document:
    """A repository as it is now."""
    name = request["repositoryName"]
    path = _find(aws, name)
    if not path.is_dir():
        raise AwsError("RepositoryDoesNotExistException", f"{name} does not exist")
    url = clone_url(aws.settings, name)
    return {
        "repositoryMetadata": {
            "accountId": aws.settings.account,
            "repositoryName": name,
            "lastModifiedDate": datetime.fromtimestamp(path.stat().st_mtime, UTC).timestamp(),
            "cloneUrlHttp": url,
            "Arn": f"arn:aws:codecommit:{aws.settings.region}:{aws.settings.account}:{name}",
        }
    }


def delete_repository(aws: Aws, request: Document) -> Document:
    """Delete a repository with all its commits; as on AWS, one that is gone already is no error."""
    _find(aws, request["repositoryName"])
    repository.delete(aws.settings, request["repositoryName"])
    return {}


def _find(aws: Aws, name: str) -> Path:
    try:
        return repository.find(aws.settings, name)
    except PushError as error:
        raise AwsError("InvalidRepositoryNameException", str(error)) from error


OPERATIONS = {"GetRepository": get_repository, "DeleteRepository": delete_repository}
CODECOMMIT = Service("CodeCommit", "codecommit", OPERATIONS)
