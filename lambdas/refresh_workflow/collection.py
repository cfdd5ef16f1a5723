"""Old endpoint configurations and models: the last few are kept to look at, the rest is cleared away."""

import re
from collections.abc import Iterator
from datetime import datetime

from common.aws_errors import find_resource
from refresh_workflow.aws import Client
from refresh_workflow.endpoint import Endpoint, read_endpoint


def delete_old_releases(sagemaker: Client, endpoint: Endpoint, keep: int) -> list[str]:
    """Delete what deploy_model made beyond the newest few, but nothing that is in use; return the names.

    A configuration and its model share a name. Going back to a version that was cleared away still works:
    deploy_model makes both again from the registry. An endpoint that has begun to change since it was read may go back
    to one that is there: what it leaves is deleted when it is in service again.
    """
    releases = dict.fromkeys(name for _, name in sorted(_list_ours(sagemaker, endpoint.name), reverse=True))
    old = [name for name in list(releases)[keep:] if name not in endpoint.in_use]
    if old and read_endpoint(sagemaker, endpoint.name) != endpoint:
        return []
    for name in old:
        find_resource(sagemaker.delete_endpoint_config, EndpointConfigName=name)
        find_resource(sagemaker.delete_model, ModelName=name)
    return old


def _list_ours(sagemaker: Client, endpoint_name: str) -> Iterator[tuple[datetime, str]]:
    """List creation times and names of what deploy_model made for an endpoint, and of nothing else."""
    ours = re.compile(rf"{re.escape(endpoint_name)}-v\d+-[0-9a-f]{{8}}")
    for operation, member, name in (
        ("list_endpoint_configs", "EndpointConfigs", "EndpointConfigName"),
        ("list_models", "Models", "ModelName"),
    ):
        for page in sagemaker.get_paginator(operation).paginate(NameContains=f"{endpoint_name}-v"):
            for item in page[member]:
                if ours.fullmatch(item[name]):
                    yield item["CreationTime"], item[name]
