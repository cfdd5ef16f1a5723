"""Which version of the model is live, and where its artifact lies.

deploy_model copies the artifact of an approved version below approved/ before it deploys it, and is the only one that
may write there; whoever wants the live model reads the copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from common.aws_errors import is_missing

PREFIX = "approved/"
DIGEST = "artifact_sha256"
"""The key in a version's CustomerMetadataProperties: the SHA-256 of its model.tar.gz in 64 hexadecimal digits."""

Package = Mapping[str, Any]  # what DescribeModelPackage answers


def find_live_version(sagemaker: Any, group: str) -> dict[str, Any] | None:  # noqa: ANN401 - boto3's have no type
    """Describe the live version; None where no version is approved, or the group does not exist."""
    try:
        return max(list_approved(sagemaker, group), key=approval_order, default=None)
    except Exception as error:
        if is_missing(error):
            return None
        raise


def list_approved(sagemaker: Any, group: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """Describe the approved versions of a group; those that AWS is still validating are left out."""
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group, ModelApprovalStatus="Approved"
    )
    for page in pages:
        for summary in page["ModelPackageSummaryList"]:
            if summary["ModelPackageStatus"] == "Completed":
                yield sagemaker.describe_model_package(ModelPackageName=summary["ModelPackageArn"])


def approval_order(package: Package) -> tuple[datetime, int]:
    """Order versions by when they were approved: the last of those approved now is the live one.

    This one rule reads the registry as it is, so it does not matter how often or in which order events arrive.
    Approving an old version again makes it the last approved: that is a rollback. Rejecting the live one leaves the one
    approved before it; rejecting any other, or registering one as pending, leaves the choice alone. AWS keeps no time
    of approval, only of the last change, so editing the metadata of an approved version counts as approving it.
    """
    return package.get("LastModifiedTime", package["CreationTime"]), package["ModelPackageVersion"]


def find_live_model(s3: Any, sagemaker: Any, bucket: str, group: str) -> str:  # noqa: ANN401
    """Return the S3 address of the live version's model.tar.gz; empty where no version is live."""
    version = find_live_version(sagemaker, group)
    return "" if version is None else locate_artifact(s3, bucket, version)


def locate_artifact(s3: Any, bucket: str, package: Package) -> str:  # noqa: ANN401
    """Return the address of a version's approved copy, else of what it was registered with, which jobs may write to."""
    key = approved_key(package)
    copied = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("KeyCount", 0)
    return f"s3://{bucket}/{key}" if copied else registered_uri(package)


def approved_key(package: Package) -> str:
    """Return the key of a version's copy.

    A group that is made anew numbers its versions from 1 again, so the moment of registration is in the name.
    """
    moment = package["CreationTime"].astimezone(UTC)
    return f"{PREFIX}v{package['ModelPackageVersion']}-{moment:%Y%m%dT%H%M%SZ}/model.tar.gz"


def registered_uri(package: Package) -> str:
    """Return the address that the artifact was registered under; empty where the version names none."""
    containers = package.get("InferenceSpecification", {}).get("Containers") or [{}]
    return str(containers[0].get("ModelDataUrl", ""))
