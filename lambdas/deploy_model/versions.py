"""The version that should serve, as the registry has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.live_model import DIGEST, approved_key, find_live_version, registered_uri
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


def find_live(sagemaker: Client, group: str) -> Version | None:
    """Read the version that should serve; None where no version is approved."""
    package = find_live_version(sagemaker, group)
    return None if package is None else read_version(package)


def read_version(package: Mapping[str, Any]) -> Version:
    """Read a version from what DescribeModelPackage answers."""
    return Version(
        number=package["ModelPackageVersion"],
        arn=package["ModelPackageArn"],
        changed=package.get("LastModifiedTime", package["CreationTime"]),
        execution=_execution(package),
        commit=_note(package, "commit") or package.get("MetadataProperties", {}).get("CommitId") or UNKNOWN,
        containers=tuple(package.get("InferenceSpecification", {}).get("Containers") or ()),
        source=registered_uri(package),
        sha256=(_note(package, DIGEST) or "").lower() or None,
        approved_key=approved_key(package),
    )


def _execution(package: Mapping[str, Any]) -> str:
    """Return the id of the pipeline execution; a version of another origin may carry its ARN, or nothing."""
    origin = package.get("MetadataProperties", {}).get("GeneratedBy", "")
    return _note(package, "execution_id") or origin.rpartition("/")[2] or UNKNOWN


def _note(package: Mapping[str, Any], name: str) -> str | None:
    value: str | None = package.get("CustomerMetadataProperties", {}).get(name)
    return value
