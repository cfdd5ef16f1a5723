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


def check_keys(tags: object) -> None:
    """Refuse, in what a client sends as Tags, keys that are AWS's own, which CloudFormation sets, and keys that repeat.

    https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
    """
    listed = tags if isinstance(tags, list) else []
    keys = [str(tag["Key"]) for tag in listed if isinstance(tag, dict) and "Key" in tag]
    reserved = [key for key in keys if key.lower().startswith("aws:")]
    if reserved:
        raise errors.validation(
            f"aws: prefixed tag key names are not allowed for external use; given was {', '.join(reserved)}."
        )
    if len(set(keys)) < len(keys):
        raise errors.validation(f"Tag keys must be unique; given were {', '.join(keys)}.")


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
