"""A page of the registry's versions, and the one that is live."""

from __future__ import annotations

from dataclasses import dataclass

from common.aws_errors import is_missing
from console import endpoint
from console.page.source import Source
from console.page.version.reader import Version, describe_version, parse_version

PAGE = 25


@dataclass(frozen=True)
class Page:
    """A page of versions, newest first, the token of the next, and the number of the live version."""

    versions: tuple[Version, ...]
    next: str | None
    live: str | None


def fetch_page(source: Source, token: str | None = None) -> Page:
    """Fetch a page; a version is described again when its status has changed."""
    sagemaker = source.client("sagemaker")
    group = source.project.model_package_group
    request = {"ModelPackageGroupName": group, "SortBy": "CreationTime", "SortOrder": "Descending", "MaxResults": PAGE}
    try:
        answer = sagemaker.list_model_packages(**request | ({"NextToken": token} if token else {}))
    except sagemaker.exceptions.ClientError as error:
        # The group comes with the stack; before that there is nothing, which is no error.
        if not is_missing(error):
            raise
        return Page((), None, None)
    versions = tuple(
        parse_version(describe_version(source, summary["ModelPackageArn"], summary["ModelApprovalStatus"]))
        for summary in answer["ModelPackageSummaryList"]
    )
    found = endpoint.fetch(source)
    return Page(versions, answer.get("NextToken"), found.version if found else None)
