"""CloudFormation's `AWS::CodeCommit::Repository`, provisioned as a bare repository on this disk."""

from __future__ import annotations

from concurrent.futures import wait
from pathlib import Path
from typing import Any

from localaws.aws import Aws
from localaws.ministack import cloudformation, services
from localaws.push import announcing, repository
from localaws.push.changes import Change
from localaws.push.git import PushError
from localaws.settings import Settings

Properties = dict[str, Any]
TYPE = "AWS::CodeCommit::Repository"
_NAME = "RepositoryName"
_DELIVERY_SECONDS = 10


def register(aws: Aws) -> None:
    """Teach CloudFormation the type, and bring the hooks of the repositories that are there up to date."""
    settings = aws.settings
    repository.refresh_hooks(settings)

    def create(_: str, properties: Properties, __: str) -> tuple[str, Properties]:
        code = properties.get("Code") or {}
        # A repository outlives a stack that was deleted or that MiniStack lost in a kill: it is taken up, as it is.
        made = repository.find(settings, _name(properties))
        if not made.exists():
            branch = code.get("BranchName") or "main"
            repository.create(settings, _name(properties), _seed(code), branch)
            _announce_seed(aws, made, branch)
        return repository.read_id(made), _attributes(settings, _name(properties))

    def update(physical_id: str, old: Properties, new: Properties, _: str) -> tuple[str, Properties]:
        # As on AWS: a seed counts at the creation only.
        if _name(old) != _name(new):
            repository.rename(settings, _name(old), _name(new))
        return physical_id, _attributes(settings, _name(new))

    def delete(_: str, properties: Properties) -> None:
        repository.delete(settings, _name(properties))

    cloudformation.add_resource_type(TYPE, create, delete, update)


def _announce_seed(aws: Aws, path: Path, branch: str) -> None:
    """Announce the first commit before the stack goes on, as on AWS: no rule of this stack is there to receive it."""
    commit = repository.resolve(path, branch)
    changes = [Change(announcing.NOTHING, commit, f"refs/heads/{branch}")] if commit else []
    for _, delivered in announcing.announce(aws, path, changes):
        wait([delivered], _DELIVERY_SECONDS)


def _name(properties: Properties) -> str:
    return str(properties.get(_NAME, ""))


def _seed(code: Properties) -> bytes | None:
    if not code:
        return None
    place = code.get("S3") or {}
    bucket, key = str(place.get("Bucket", "")), str(place.get("Key", ""))
    content = services.read_object(bucket, key, place.get("ObjectVersion"))
    if content is None:
        raise PushError(f"There is no s3://{bucket}/{key} to seed the repository from; upload it, or leave out Code.")
    return content


def _attributes(settings: Settings, name: str) -> Properties:
    return {
        "Arn": repository.arn(settings, name),
        "Name": name,
        "CloneUrlHttp": repository.clone_url(settings, name),
        "CloneUrlSsh": repository.clone_url(settings, name).replace("https://", "ssh://"),
    }
