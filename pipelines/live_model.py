"""Which model is live: of the versions that are approved now, the one that was approved last.

It is deploy_model's rule; a contract test holds this, deploy_model and start_training to the same answer.
"""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from pipelines.clients import Client

MISSING = frozenset({"ResourceNotFound", "ValidationException"})


def find_live_model(sagemaker: Client, group: str) -> str:
    """Return the S3 address of the live version's model.tar.gz; empty where no version is approved."""
    try:
        versions = list(_approved(sagemaker, group))
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:  # AWS says ValidationException of a group that is not there
            return ""
        raise
    if not versions:
        return ""
    return str(max(versions, key=_approval)["InferenceSpecification"]["Containers"][0].get("ModelDataUrl", ""))


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
