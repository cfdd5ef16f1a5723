"""The registry's versions: how good, from what, decided by whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from console import endpoint, registry
from console.errors import CommandError
from console.page.data import metrics, storage
from console.page.data.source import Source

PAGE = 25


@dataclass(frozen=True)
class Version:
    """One version, as a person who decides about it wants to know it."""

    number: int
    arn: str
    status: str
    registered: datetime
    changed: datetime | None
    changed_by: str
    comment: str
    facts: dict[str, str]
    decisions: tuple[tuple[datetime, str], ...]
    statistics: str

    @property
    def accuracy(self) -> float | None:
        """The accuracy on the test pictures, where it was recorded."""
        try:
            return float(self.facts["accuracy"])
        except (KeyError, ValueError):
            return None


@dataclass(frozen=True)
class Page:
    """A page of versions, newest first, the token of the next, and the number that serves."""

    versions: tuple[Version, ...]
    next: str | None
    live: str | None


def read_page(source: Source, token: str | None = None) -> Page:
    """Read a page; a version is described anew when its status has changed."""
    sagemaker = source.client("sagemaker")
    group = source.project.model_package_group
    request = {"ModelPackageGroupName": group, "SortBy": "CreationTime", "SortOrder": "Descending", "MaxResults": PAGE}
    try:
        answer = sagemaker.list_model_packages(**request | ({"NextToken": token} if token else {}))
    except sagemaker.exceptions.ClientError as error:
        # The group comes with the stack; before that there is nothing, which is no trouble.
        if "does not exist" not in str(error):
            raise
        return Page((), None, None)
    versions = tuple(
        _version(describe_version(source, summary["ModelPackageArn"], summary["ModelApprovalStatus"]))
        for summary in answer["ModelPackageSummaryList"]
    )
    return Page(versions, answer.get("NextToken"), live(source))


def live(source: Source) -> str | None:
    """The number of the version that serves."""
    found = endpoint.read(source)
    return found.version if found else None


def read(source: Source, number: int) -> Version:
    """One version as it stands."""
    project = source.project
    partition = project.role_arn.split(":")[1]
    group = project.model_package_group
    arn = f"arn:{partition}:sagemaker:{project.region}:{project.account}:model-package/{group}/{number}"
    return _version(source.client("sagemaker").describe_model_package(ModelPackageName=arn))


def numbers(source: Source, version: Version) -> dict[str, float]:
    """The metrics of a version's evaluation; empty where it has none."""
    return metrics.of_file(source, version.statistics) if version.statistics else {}


def report(source: Source, number: int) -> bytes:
    """The evaluation report of a version, which is a page of HTML by somebody else."""
    version = read(source, number)
    uri = version.facts.get("report", "")
    if not uri:
        raise CommandError(f"Version {number} was registered without a report.")
    content = storage.read(source, uri)
    if content is None:
        raise CommandError(f"The report of version {number} is gone: there is nothing at {uri}.")
    return content


def describe_version(source: Source, arn: str, status: str) -> dict[str, Any]:
    """A version's description, asked for anew when the list tells another status."""
    return source.once(
        ("version", arn, status),
        lambda: source.client("sagemaker").describe_model_package(ModelPackageName=arn),
        lambda answer: answer["ModelApprovalStatus"] == status,
    )


def _version(described: dict[str, Any]) -> Version:
    return Version(
        number=described["ModelPackageVersion"],
        arn=described["ModelPackageArn"],
        status=described["ModelApprovalStatus"],
        registered=described["CreationTime"],
        changed=described.get("LastModifiedTime"),
        changed_by=described.get("LastModifiedBy", {}).get("UserProfileName", ""),
        comment=described.get("ApprovalDescription", ""),
        facts=dict(_facts(described)),
        decisions=tuple(registry.decisions(described)),
        statistics=described.get("ModelMetrics", {}).get("ModelQuality", {}).get("Statistics", {}).get("S3Uri", ""),
    )


def _facts(described: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in described.get("CustomerMetadataProperties", {}).items():
        if not name.startswith(registry.DECISION):
            yield name, str(value)
