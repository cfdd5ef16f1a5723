"""Which model is live, found as deploy_model and `scones run` do: the approved version that was approved last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from common.approved import approved_key, registered_uri

MISSING = frozenset({"ResourceNotFound", "ValidationException"})


def choose_live_model(s3: Any, sagemaker: Any, bucket: str, group: str) -> dict[str, str]:  # noqa: ANN401
    """The parameter LiveModelUri where a version is live; none for the first version of all."""
    uri = find_live_model(s3, sagemaker, bucket, group)
    return {"LiveModelUri": uri} if uri else {}


def find_live_model(s3: Any, sagemaker: Any, bucket: str, group: str) -> str:  # noqa: ANN401 - boto3's have no type
    """The S3 address of the live version's model.tar.gz; empty where no version is approved, or no group is there.

    It is the copy that deploy_model has made, and what was registered only until there is one.
    """
    try:
        versions = list(_approved(sagemaker, group))
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return ""
        raise
    if not versions:
        return ""
    version = max(versions, key=_approval)
    key = approved_key(version)
    copied = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("KeyCount", 0)
    return f"s3://{bucket}/{key}" if copied else registered_uri(version)


def _approval(version: dict[str, Any]) -> tuple[Any, int]:
    return version.get("LastModifiedTime", version["CreationTime"]), version["ModelPackageVersion"]


def _approved(sagemaker: Any, group: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group, ModelApprovalStatus="Approved"
    )
    for page in pages:
        for summary in page["ModelPackageSummaryList"]:
            if summary["ModelPackageStatus"] == "Completed":
                yield sagemaker.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
