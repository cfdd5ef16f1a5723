"""The endpoint as it is now, and which version of the model it serves."""

from dataclasses import dataclass

from common.aws_errors import find_resource
from refresh_workflow.aws import Client
from refresh_workflow.errors import RefreshError

VARIANT = "live"
VERSION_TAG = "scones:version"


@dataclass(frozen=True)
class Endpoint:
    """What serves, under which configuration, and what is about to."""

    name: str
    status: str
    configuration: str
    pending: str | None

    @property
    def in_use(self) -> frozenset[str]:
        """Names of configurations, and so of models, that must not be deleted."""
        return frozenset(name for name in (self.configuration, self.pending) if name)


def read_endpoint(sagemaker: Client, name: str) -> Endpoint | None:
    """Read the endpoint; None where nothing has been deployed yet."""
    found = find_resource(sagemaker.describe_endpoint, EndpointName=name)
    if found is None:
        return None
    return Endpoint(
        name=name,
        status=found["EndpointStatus"],
        configuration=found["EndpointConfigName"],
        pending=found.get("PendingDeploymentSummary", {}).get("EndpointConfigName"),
    )


def read_version(sagemaker: Client, endpoint: Endpoint) -> str:
    """Read the model's version from the tag that deploy_model put on the configuration."""
    arn = sagemaker.describe_endpoint_config(EndpointConfigName=endpoint.configuration)["EndpointConfigArn"]
    pages = sagemaker.get_paginator("list_tags").paginate(ResourceArn=arn)
    tags: dict[str, str] = {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}
    if VERSION_TAG not in tags:
        raise RefreshError(
            f"The endpoint configuration {endpoint.configuration} has no tag {VERSION_TAG}, so it is not of "
            "deploy_model's making; approve a version in the registry to deploy one that is."
        )
    return tags[VERSION_TAG]
