"""GetResources, GetTagKeys, GetTagValues, TagResources and UntagResources.

https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
"""

from __future__ import annotations

from collections.abc import Callable

from localaws import listing
from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.operations import TAGGING
from localaws.refusals import members
from localaws.shapes import Document
from localaws.tagging import resources

_ORDER = listing.Order({"Key": "Key"}, by="Key", direction="Ascending")
_MOST = 100  # resources of a page
_ALONE = ("TagFilters", "ResourceTypeFilters", "ResourcesPerPage", "PaginationToken")
_ARN_PARTS = 6


@TAGGING.operation(
    "GetResources",
    members=members("PaginationToken TagFilters ResourcesPerPage ResourceTypeFilters ResourceARNList"),
)
def get_resources(aws: Aws, request: Document) -> Document:
    """Resources that have tags, those of certain types, ARNs or tags where the request names some."""
    if "ResourceARNList" in request and any(request.get(name) for name in _ALONE):
        raise _invalid("ResourceARNList cannot be specified with filters or pagination parameters.")
    size = request.get("ResourcesPerPage", _MOST)
    if not 1 <= size <= _MOST:
        raise _invalid(f"ResourcesPerPage is {size}; it must be from 1 to {_MOST}.")
    found = [
        {"Key": arn, "ResourceARN": arn, "Tags": [{"Key": name, "Value": value} for name, value in tags.items()]}
        for arn, tags in resources.list_tagged(aws)
        if arn in request.get("ResourceARNList", [arn]) and _is_of(arn, request) and _has(tags, request)
    ]
    chosen, more = _page(request, found, size)
    return {
        "ResourceTagMappingList": [{name: item[name] for name in ("ResourceARN", "Tags")} for item in chosen],
        **more,
    }


@TAGGING.operation("GetTagKeys")
def get_tag_keys(aws: Aws, request: Document) -> Document:
    """The keys of all tags."""
    keys = {name for _, tags in resources.list_tagged(aws) for name in tags}
    chosen, more = _page(request, [{"Key": name} for name in keys], _MOST)
    return {"TagKeys": [item["Key"] for item in chosen], **more}


@TAGGING.operation("GetTagValues")
def get_tag_values(aws: Aws, request: Document) -> Document:
    """The values of all tags of a key."""
    values = {tags[request["Key"]] for _, tags in resources.list_tagged(aws) if request["Key"] in tags}
    chosen, more = _page(request, [{"Key": value} for value in values], _MOST)
    return {"TagValues": [item["Key"] for item in chosen], **more}


@TAGGING.operation("TagResources")
def tag_resources(aws: Aws, request: Document) -> Document:
    """Add tags to resources; those that could not be tagged are answered, each with the reason."""
    reserved = [name for name in request["Tags"] if name.lower().startswith("aws:")]
    if reserved:
        raise _invalid(
            f"aws: prefixed tag key names are not allowed for external use; given was {', '.join(reserved)}."
        )
    return _change(aws, request, lambda arn: resources.add_tags(aws, arn, request["Tags"]))


@TAGGING.operation("UntagResources")
def untag_resources(aws: Aws, request: Document) -> Document:
    """Take tags from resources; those from which none could be taken are answered, each with the reason."""
    return _change(aws, request, lambda arn: resources.remove_tags(aws, arn, request["TagKeys"]))


def _change(aws: Aws, request: Document, change: Callable[[str], None]) -> Document:
    for arn in request["ResourceARNList"]:
        parts = arn.split(":", 5)
        if len(parts) < _ARN_PARTS or parts[0] != "arn":
            raise _invalid(f"{arn} is not a valid AmazonResourceName (ARN)")
        if parts[3] not in ("", aws.settings.region):
            raise _invalid(f"Region in the ARN {arn} does not match with the region in which the API is invoked")
    failed: Document = {}
    for arn in request["ResourceARNList"]:
        try:
            change(arn)
        except LookupError:
            failed[arn] = _failure("Resource does not exist")
        except NotImplementedError:
            failed[arn] = _failure(f"The local AWS does not tag resources of {arn.split(':')[2]} here.")
        except AwsError as error:
            failed[arn] = _failure(error.message)
    return {"FailedResourcesMap": failed}


def _failure(message: str) -> Document:
    return {"ErrorCode": "InvalidParameterException", "ErrorMessage": message, "StatusCode": 400}


def _is_of(arn: str, request: Document) -> bool:
    """Whether an ARN is of one of the types that a request names, as `sagemaker` or `sagemaker:endpoint`."""
    wanted = request.get("ResourceTypeFilters") or []
    _, _, service, _, _, rest = arn.split(":", 5)
    noun = rest.replace(":", "/").split("/")[0]
    return not wanted or service in wanted or f"{service}:{noun}" in wanted


def _has(tags: dict[str, str], request: Document) -> bool:
    """All of a request's filters hold; of a filter's values one."""
    return all(
        one["Key"] in tags and (not one.get("Values") or tags[one["Key"]] in one["Values"])
        for one in request.get("TagFilters", [])
        if "Key" in one
    )


def _page(request: Document, found: list[Document], size: int) -> tuple[list[Document], Document]:
    token = {"NextToken": request["PaginationToken"]} if request.get("PaginationToken") else {}
    chosen, more = listing.page({"MaxResults": size, **token}, found, _ORDER, "Key")
    return chosen, {"PaginationToken": more.get("NextToken", "")}


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)
