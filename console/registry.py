"""The versions of the model registry, as a person names them: by number."""

from __future__ import annotations

from typing import Any

from console.errors import CommandError
from console.target import Target


def summaries(target: Target) -> list[dict[str, Any]]:
    """All versions of the project's group, newest first."""
    pages = (
        target.client("sagemaker")
        .get_paginator("list_model_packages")
        .paginate(ModelPackageGroupName=target.project.model_package_group, SortOrder="Descending")
    )
    return [summary for page in pages for summary in page["ModelPackageSummaryList"]]


def find(target: Target, version: int) -> dict[str, Any]:
    """The summary of one version."""
    known = summaries(target)
    for summary in known:
        if summary["ModelPackageVersion"] == version:
            return summary
    numbers = ", ".join(str(item["ModelPackageVersion"]) for item in reversed(known)) or "none"
    raise CommandError(f"There is no version {version} in the registry; it has {numbers}.")


def judge(target: Target, version: int, status: str, comment: str | None) -> None:
    """Approve or reject a version; the comment is kept with it."""
    request = {"ModelPackageArn": find(target, version)["ModelPackageArn"], "ModelApprovalStatus": status}
    if comment:
        request["ApprovalDescription"] = comment
    target.client("sagemaker").update_model_package(**request)
