"""AddTags, ListTags and DeleteTags: tags of any SageMaker resource, by its ARN."""

from __future__ import annotations

from localaws import errors
from localaws.aws import Aws
from localaws.shapes import Document

_MOST = 50


def add_tags(aws: Aws, request: Document) -> Document:
    """Add tags or overwrite those of the same key; a resource has at most 50."""
    with aws.store.transaction():
        tags = _read(aws, request["ResourceArn"])
        tags |= {tag["Key"]: tag["Value"] for tag in request["Tags"]}
        if len(tags) > _MOST:
            raise errors.AwsError("ResourceLimitExceeded", f"A resource has at most {_MOST} tags; {len(tags)} asked.")
        aws.store.put("tags", request["ResourceArn"], tags)
    return {"Tags": _listed(tags)}


def list_tags(aws: Aws, request: Document) -> Document:
    """All tags of a resource."""
    return {"Tags": _listed(_read(aws, request["ResourceArn"]))}


def delete_tags(aws: Aws, request: Document) -> Document:
    """Remove the tags with these keys."""
    with aws.store.transaction():
        tags = _read(aws, request["ResourceArn"])
        kept = {key: value for key, value in tags.items() if key not in request["TagKeys"]}
        aws.store.put("tags", request["ResourceArn"], kept)
    return {}


def tag_new(aws: Aws, arn: str, request: Document) -> None:
    """Keep the tags that a Create request carried."""
    if request.get("Tags"):
        add_tags(aws, {"ResourceArn": arn, "Tags": request["Tags"]})


def forget(aws: Aws, arn: str) -> None:
    """Remove the tags of a resource that is deleted, so that one of the same name does not inherit them."""
    aws.store.delete("tags", arn)


def _read(aws: Aws, arn: str) -> Document:
    return aws.store.get("tags", arn) or {}


def _listed(tags: Document) -> list[Document]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


OPERATIONS = {"AddTags": add_tags, "ListTags": list_tags, "DeleteTags": delete_tags}
