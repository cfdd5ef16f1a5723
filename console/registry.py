"""The versions of the model registry, as a person names them: by number."""

from __future__ import annotations

import getpass
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from common.aws_errors import is_missing
from common.metadata import clean_value
from console.errors import CommandError
from console.target import Target

# Decisions are kept in the version's own metadata, under the moment of each.
DECISION = "decision "
_KEPT_DECISIONS = 20
LONGEST_COMMENT = 1_024
"""https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateModelPackage.html"""


def list_summaries(target: Target) -> list[dict[str, Any]]:
    """All versions of the project's group, newest first; none where the stack with the group is missing."""
    sagemaker = target.client("sagemaker")
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=target.project.model_package_group, SortOrder="Descending"
    )
    try:
        return [summary for page in pages for summary in page["ModelPackageSummaryList"]]
    except sagemaker.exceptions.ClientError as error:
        if not is_missing(error):
            raise
        return []


def get_summary(target: Target, version: int) -> dict[str, Any]:
    """The summary of one version."""
    known = list_summaries(target)
    for summary in known:
        if summary["ModelPackageVersion"] == version:
            return summary
    numbers = ", ".join(str(item["ModelPackageVersion"]) for item in reversed(known)) or "none"
    raise CommandError(f"There is no version {version} in the registry; it has {numbers}.")


def set_approval(target: Target, version: int, status: str, comment: str | None) -> None:
    """Approve or reject a version; the comment is kept with it, and so is every decision before."""
    if comment and len(comment) > LONGEST_COMMENT:
        raise CommandError(
            f"The comment has {len(comment)} characters; at most {LONGEST_COMMENT} are kept: shorten it."
        )
    arn = get_summary(target, version)["ModelPackageArn"]
    sagemaker = target.client("sagemaker")
    known = sagemaker.describe_model_package(ModelPackageName=arn).get("CustomerMetadataProperties", {})
    request: dict[str, Any] = {"ModelPackageArn": arn, "ModelApprovalStatus": status}
    request["CustomerMetadataProperties"] = _record(status, comment)
    if comment:
        request["ApprovalDescription"] = comment
    # AWS keeps 50 properties with a version, the newest comment, and no history.
    oldest = sorted(name for name in known if name.startswith(DECISION))[: -_KEPT_DECISIONS + 1]
    if oldest:
        request["CustomerMetadataPropertiesToRemove"] = oldest
    sagemaker.update_model_package(**request)


def _record(status: str, comment: str | None) -> dict[str, str]:
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    words = f"{status} by {getpass.getuser()}" + (f": {comment}" if comment else "")
    return {DECISION + moment: clean_value(words)}


def parse_decisions(package: dict[str, Any]) -> list[tuple[datetime, str]]:
    """When a version was approved or rejected, by whom and why, newest first.

    Metadata takes few signs, so that a comment in it is cleaned; the newest comment is there as it was written, too.
    """
    found = []
    for name, words in package.get("CustomerMetadataProperties", {}).items():
        if name.startswith(DECISION):
            with suppress(ValueError):
                found.append((datetime.fromisoformat(name.removeprefix(DECISION)), str(words)))
    return [(at, _restore_comment(words, package)) for at, words in sorted(found, reverse=True)]


def _restore_comment(words: str, package: dict[str, Any]) -> str:
    comment = package.get("ApprovalDescription", "")
    cleaned = f": {clean_value(comment)}"
    return f"{words.removesuffix(cleaned)}: {comment}" if comment and words.endswith(cleaned) else words
