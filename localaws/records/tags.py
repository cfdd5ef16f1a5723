"""Tags of any resource that is emulated here, by its ARN."""

from __future__ import annotations

from collections.abc import Iterable

from localaws import errors
from localaws.aws import Aws
from localaws.shapes import Document

_KIND = "tags"
_MOST = 50


def add_tags(aws: Aws, arn: str, added: Iterable[Document]) -> list[Document]:
    """Add tags or overwrite those of the same key, of which a resource has at most 50; answers all that it has."""
    with aws.store.transaction():
        tags = _read(aws, arn) | {tag["Key"]: tag["Value"] for tag in added}
        if len(tags) > _MOST:
            raise errors.AwsError("ResourceLimitExceeded", f"A resource has at most {_MOST} tags; {len(tags)} asked.")
        aws.store.put(_KIND, arn, tags)
    return list_tags(aws, arn)


def list_tags(aws: Aws, arn: str) -> list[Document]:
    """All tags of a resource."""
    return [{"Key": key, "Value": value} for key, value in sorted(_read(aws, arn).items())]


def remove_tags(aws: Aws, arn: str, keys: Iterable[str]) -> None:
    """Remove the tags with these keys."""
    with aws.store.transaction():
        removed = set(keys)
        aws.store.put(_KIND, arn, {key: value for key, value in _read(aws, arn).items() if key not in removed})


def tag_new(aws: Aws, arn: str, request: Document) -> None:
    """Keep the tags that a Create request carried."""
    if request.get("Tags"):
        add_tags(aws, arn, request["Tags"])


def forget(aws: Aws, arn: str) -> None:
    """Remove the tags of a resource that is deleted, so that one of the same name does not inherit them."""
    aws.store.delete(_KIND, arn)


def _read(aws: Aws, arn: str) -> Document:
    return aws.store.get(_KIND, arn) or {}
