"""AddTags, ListTags and DeleteTags: tags of any SageMaker resource, by its ARN."""

from __future__ import annotations

from localaws.aws import Aws
from localaws.operations import SAGEMAKER, Named
from localaws.records import tags
from localaws.shapes import Document

RESOURCE = Named("ResourceArn", "")


@SAGEMAKER.operation("AddTags", on=(RESOURCE,))
def add_tags(aws: Aws, request: Document) -> Document:
    """Add tags or overwrite those of the same key."""
    return {"Tags": tags.add_tags(aws, request["ResourceArn"], request["Tags"])}


@SAGEMAKER.operation("ListTags", on=(RESOURCE,))
def list_tags(aws: Aws, request: Document) -> Document:
    """All tags of a resource."""
    return {"Tags": tags.list_tags(aws, request["ResourceArn"])}


@SAGEMAKER.operation("DeleteTags", on=(RESOURCE,))
def delete_tags(aws: Aws, request: Document) -> Document:
    """Remove the tags with these keys."""
    tags.remove_tags(aws, request["ResourceArn"], request["TagKeys"])
    return {}
