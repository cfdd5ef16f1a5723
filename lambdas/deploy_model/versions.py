"""The registry's approved versions, and which of them should serve."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.approved import DIGEST, approved_key, registered_uri
from deploy_model.aws import Client

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Version:
    """An approved version: `changed` is when it was last changed, which is when somebody approved it.

    `containers` are its containers as the registry has them, `source` the address that its artifact was registered
    with, `sha256` the digest that the registry names of it, and `approved_key` where its copy lies in our bucket.
    """

    number: int
    arn: str
    changed: datetime
    execution: str = UNKNOWN
    commit: str = UNKNOWN
    containers: tuple[Mapping[str, Any], ...] = ()
    source: str = ""
    sha256: str | None = None
    approved_key: str = ""


def list_approved(sagemaker: Client, group: str) -> list[Version]:
    """Read the approved versions of a group; those that AWS is still validating are left out."""
    return [_describe(sagemaker, arn) for arn in _approved_arns(sagemaker, group)]


def choose(versions: Iterable[Version]) -> Version | None:
    """Choose the version that should serve: of those approved now, the one approved last.

    This one rule reads the registry as it is, so it does not matter how often or in which order events arrive.
    Approving an old version again makes it the last approved: that is a rollback. Rejecting the one that serves
    leaves the one approved before it; rejecting any other, or registering one as pending, leaves the choice alone.
    AWS keeps no time of approval, only of the last change, so editing the metadata of an approved version counts
    as approving it.
    """
    return max(versions, key=lambda version: (version.changed, version.number), default=None)


def _approved_arns(sagemaker: Client, group: str) -> Iterator[str]:
    pages = sagemaker.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group, ModelApprovalStatus="Approved"
    )
    for page in pages:
        for summary in page["ModelPackageSummaryList"]:
            if summary["ModelPackageStatus"] == "Completed":
                yield summary["ModelPackageArn"]


def _describe(sagemaker: Client, arn: str) -> Version:
    """Read what a listing does not tell: when a version was changed, and where it comes from."""
    package = sagemaker.describe_model_package(ModelPackageName=arn)
    return Version(
        number=package["ModelPackageVersion"],
        arn=arn,
        changed=package.get("LastModifiedTime", package["CreationTime"]),
        execution=_execution(package),
        commit=_note(package, "commit") or package.get("MetadataProperties", {}).get("CommitId") or UNKNOWN,
        containers=tuple(package.get("InferenceSpecification", {}).get("Containers") or ()),
        source=registered_uri(package),
        sha256=(_note(package, DIGEST) or "").lower() or None,
        approved_key=approved_key(package),
    )


def _execution(package: dict[str, Any]) -> str:
    """Return the id of the pipeline execution; a version of another origin may carry its ARN, or nothing."""
    origin = package.get("MetadataProperties", {}).get("GeneratedBy", "")
    return _note(package, "execution_id") or origin.rpartition("/")[2] or UNKNOWN


def _note(package: dict[str, Any], name: str) -> str | None:
    value: str | None = package.get("CustomerMetadataProperties", {}).get(name)
    return value
