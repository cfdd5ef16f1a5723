"""The live version, since when it is, and the versions that wait for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from common.aws_errors import is_missing
from console import endpoint
from console.page.source import Source
from console.page.version.reader import Version, describe_version, find_version, parse_version

_PENDING = "PendingManualApproval"
MOST = 10
"""So many versions that wait are told at most."""


@dataclass(frozen=True)
class Standing:
    """The version that serves, None before the first; since when it is deployed; what waits, newest first."""

    live: Version | None
    since: datetime | None
    waiting: tuple[Version, ...]


def fetch_standing(source: Source) -> Standing:
    """Fetch the live version and those that wait."""
    found = endpoint.fetch(source)
    live = find_version(source, found.number) if found and found.number is not None else None
    since = _fetch_creation(source, found.described["EndpointConfigName"]) if found and live else None
    return Standing(live, since, _fetch_waiting(source))


def _fetch_creation(source: Source, configuration: str) -> datetime:
    """When a configuration was made: with its deployment. The endpoint itself is changed by autoscaling, too."""
    describe = source.client("sagemaker").describe_endpoint_config
    made: datetime = source.once(
        ("configuration made", configuration), lambda: describe(EndpointConfigName=configuration)["CreationTime"]
    )
    return made


def _fetch_waiting(source: Source) -> tuple[Version, ...]:
    sagemaker = source.client("sagemaker")
    try:
        listed = sagemaker.list_model_packages(
            ModelPackageGroupName=source.project.model_package_group,
            ModelApprovalStatus=_PENDING,
            SortBy="CreationTime",
            SortOrder="Descending",
            MaxResults=MOST,
        )["ModelPackageSummaryList"]
    except sagemaker.exceptions.ClientError as error:
        # The group comes with the stack; before that there is nothing, which is no error.
        if not is_missing(error):
            raise
        return ()
    return tuple(parse_version(describe_version(source, item["ModelPackageArn"], _PENDING)) for item in listed)
