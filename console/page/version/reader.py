"""A version of the registry: its metrics, what it was made from, and who decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.aws_errors import is_missing
from console import registry
from console.card import Card, parse_card
from console.errors import CommandError
from console.page import storage
from console.page.metrics import fetch_numbers
from console.page.source import Source


@dataclass(frozen=True)
class Version:
    """What a person who decides about a version needs to know."""

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
    card: Card | None = None
    card_content: str = ""

    @property
    def accuracy(self) -> float | None:
        """The accuracy on the test images, where it was recorded."""
        try:
            return float(self.facts["accuracy"])
        except (KeyError, ValueError):
            return None


def fetch_version(source: Source, number: int) -> Version:
    """One version as it is now."""
    project = source.project
    partition = project.role_arn.split(":")[1]
    group = project.model_package_group
    arn = f"arn:{partition}:sagemaker:{project.region}:{project.account}:model-package/{group}/{number}"
    return parse_version(source.client("sagemaker").describe_model_package(ModelPackageName=arn))


def find_version(source: Source, number: int) -> Version | None:
    """One version as it is now; None where there is none of this number."""
    try:
        return fetch_version(source, number)
    except source.client("sagemaker").exceptions.ClientError as error:
        if is_missing(error):
            return None
        raise


def describe_version(source: Source, arn: str, status: str) -> dict[str, Any]:
    """A version's description, fetched again when the list has another status."""
    return source.once(
        ("version", arn, status),
        lambda: source.client("sagemaker").describe_model_package(ModelPackageName=arn),
        lambda answer: answer["ModelApprovalStatus"] == status,
    )


def parse_version(described: dict[str, Any]) -> Version:
    """A version from SageMaker's description."""
    properties = described.get("CustomerMetadataProperties", {})
    return Version(
        number=described["ModelPackageVersion"],
        arn=described["ModelPackageArn"],
        status=described["ModelApprovalStatus"],
        registered=described["CreationTime"],
        changed=described.get("LastModifiedTime"),
        changed_by=described.get("LastModifiedBy", {}).get("UserProfileName", ""),
        comment=described.get("ApprovalDescription", ""),
        facts={name: str(value) for name, value in properties.items() if not name.startswith(registry.DECISION)},
        decisions=tuple(registry.parse_decisions(described)),
        statistics=described.get("ModelMetrics", {}).get("ModelQuality", {}).get("Statistics", {}).get("S3Uri", ""),
        card=parse_card(described),
        card_content=described.get("ModelCard", {}).get("ModelCardContent", ""),
    )


def fetch_metrics(source: Source, number: int) -> dict[str, float]:
    """The metrics of a version's evaluation; empty where it has none."""
    version = find_version(source, number)
    return fetch_numbers(source, version.statistics) if version and version.statistics else {}


def fetch_report(source: Source, number: int) -> bytes:
    """The evaluation report of a version, which is a page of HTML by somebody else."""
    uri = fetch_version(source, number).facts.get("report", "")
    if not uri:
        raise CommandError(f"Version {number} was registered without a report.")
    content = storage.fetch(source, uri)
    if content is None:
        raise CommandError(f"The report of version {number} no longer exists: there is nothing at {uri}.")
    return content
