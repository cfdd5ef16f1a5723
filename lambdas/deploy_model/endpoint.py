"""The endpoint as it is now."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from deploy_model.aws import Client, is_missing

ATTEMPT_TAG = "scones:attempt"
CHANGING = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"})


@dataclass(frozen=True)
class Endpoint:
    """What AWS tells about the endpoint; `attempt` is what was last begun on it, read from its tags."""

    arn: str
    status: str
    configuration: str | None
    pending: str | None
    instance_count: int
    attempt: str | None

    @property
    def is_changing(self) -> bool:
        """Whether AWS refuses an update now."""
        return self.status in CHANGING

    def needs(self, configuration: str) -> bool:
        """Say whether a configuration serves, or is about to; while that is not known, it is needed."""
        on_its_way = self.is_changing and self.pending in {None, configuration}
        return self.configuration == configuration or on_its_way


def find_endpoint(sagemaker: Client, name: str) -> Endpoint | None:
    """Read the endpoint; None when there is none."""
    try:
        found = sagemaker.describe_endpoint(EndpointName=name)
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    return Endpoint(
        arn=found["EndpointArn"],
        status=found["EndpointStatus"],
        configuration=found.get("EndpointConfigName"),
        pending=found.get("PendingDeploymentSummary", {}).get("EndpointConfigName"),
        instance_count=sum(variant.get("CurrentInstanceCount", 0) for variant in found.get("ProductionVariants", [])),
        attempt=_read_attempt(sagemaker, found["EndpointArn"]),
    )


def tag_attempt(attempt: str) -> list[dict[str, str]]:
    """Write an attempt as the tags of an endpoint."""
    return [{"Key": ATTEMPT_TAG, "Value": attempt}]


def _read_attempt(sagemaker: Client, arn: str) -> str | None:
    pages: Any = sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
    tags = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    return tags.get(ATTEMPT_TAG)
