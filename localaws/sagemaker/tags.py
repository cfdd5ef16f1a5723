"""AddTags, ListTags and DeleteTags: tags of any SageMaker resource, by its ARN."""

from __future__ import annotations

from localaws import errors, listing
from localaws.aws import Aws
from localaws.operations import SAGEMAKER, Named
from localaws.records import tags
from localaws.records.catalogue import find_resource
from localaws.shapes import Document

RESOURCE = Named("ResourceArn", "")
_ORDER = listing.Order({"Key": "Key"}, by="Key", direction="Ascending")


@SAGEMAKER.operation("AddTags", on=(RESOURCE,))
def add_tags(aws: Aws, request: Document) -> Document:
    """Add tags or overwrite those of the same key."""
    return {"Tags": tags.add_tags(aws, _existing(aws, request), request["Tags"])}


@SAGEMAKER.operation("ListTags", on=(RESOURCE,))
def list_tags(aws: Aws, request: Document) -> Document:
    """All tags of a resource."""
    found = tags.list_tags(aws, _existing(aws, request))
    chosen, more = listing.page(request, found, _ORDER, "Key")
    return {"Tags": chosen, **more}


@SAGEMAKER.operation("DeleteTags", on=(RESOURCE,))
def delete_tags(aws: Aws, request: Document) -> Document:
    """Remove the tags with these keys."""
    tags.remove_tags(aws, _existing(aws, request), request["TagKeys"])
    return {}


def _existing(aws: Aws, request: Document) -> str:
    """The ARN of a request, whose resource must be there.

    The code is AWS's: https://github.com/aws/amazon-sagemaker-feedback/issues/108
    """
    arn: str = request["ResourceArn"]
    if find_resource(aws, arn) is None:
        raise errors.validation(f"The resource {arn} does not exist.")
    return arn
