"""The endpoint as it is now."""

from dataclasses import dataclass
from typing import Any

from common.aws_errors import find_resource
from common.metadata import clean_value
from deploy_model.aws import Client

ATTEMPT_TAG = "scones:attempt"
REFUSED_TAG = "scones:refused"
CHANGING = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack", "Deleting"})


@dataclass(frozen=True)
class Endpoint:
    """What AWS tells about the endpoint, and its tags.

    `attempt` is what was last begun on it, and `refusal` why it was not: empty where it was.
    """

    arn: str
    status: str
    configuration: str | None
    pending: str | None
    instance_count: int
    attempt: str | None
    refusal: str = ""

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
    found = find_resource(sagemaker.describe_endpoint, EndpointName=name)
    if found is None:
        return None
    tags = _read_tags(sagemaker, found["EndpointArn"])
    return Endpoint(
        arn=found["EndpointArn"],
        status=found["EndpointStatus"],
        configuration=found.get("EndpointConfigName"),
        pending=found.get("PendingDeploymentSummary", {}).get("EndpointConfigName"),
        instance_count=sum(variant.get("CurrentInstanceCount", 0) for variant in found.get("ProductionVariants", [])),
        attempt=tags.get(ATTEMPT_TAG),
        refusal=tags.get(REFUSED_TAG, ""),
    )


def tag_attempt(attempt: str, refusal: str = "") -> list[dict[str, str]]:
    """Write an attempt, and why it was refused, as the tags of an endpoint."""
    return [{"Key": ATTEMPT_TAG, "Value": attempt}, {"Key": REFUSED_TAG, "Value": clean_value(refusal)}]


def _read_tags(sagemaker: Client, arn: str) -> dict[str, str]:
    pages: Any = sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
    return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
