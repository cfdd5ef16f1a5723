"""Which model is live: of the versions that are approved now, the one that was approved last.

It is deploy_model's rule; a contract test holds this, deploy_model and start_training to the same answer.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from common.approved import approved_key, registered_uri
from pipelines.clients import Client
from pipelines.data_version import list_objects

MISSING = frozenset({"ResourceNotFound", "ValidationException"})


def find_live_model(s3: Client, sagemaker: Client, bucket: str, group: str) -> str:
    """Return the S3 address of the live version's model.tar.gz; empty where no version is approved."""
    version = find_live_version(sagemaker, group)
    return "" if version is None else find_artifact(s3, bucket, version)


def find_artifact(s3: Client, bucket: str, version: Mapping[str, Any]) -> str:
    """Return the address of a version's approved copy, else of what it was registered with, which jobs may write to."""
    approved = f"s3://{bucket}/{approved_key(version)}"
    return registered_uri(version) if next(list_objects(s3, approved), None) is None else approved


def find_live_version(sagemaker: Client, group: str) -> dict[str, Any] | None:
    """Describe the live version; None where no version is approved, or no group is there."""
    try:
        return max(_approved(sagemaker, group), key=_approval, default=None)
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:  # AWS says ValidationException of a group that is not there
            return None
        raise


def _approval(version: dict[str, Any]) -> tuple[Any, int]:
    return version.get("LastModifiedTime", version["CreationTime"]), version["ModelPackageVersion"]


def _approved(sagemaker: Client, group: str) -> Iterator[dict[str, Any]]:
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group, ModelApprovalStatus="Approved"
    )
    for page in pages:
        for summary in page["ModelPackageSummaryList"]:
            if summary["ModelPackageStatus"] == "Completed":
                yield sagemaker.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
