"""The edge to AWS: clients, made once for all calls of a warm function, and what AWS's errors mean.

SageMaker answers both "not there" and "there already" as ValidationException: only the message tells them apart.
"""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# boto3 makes its clients' methods at run time: there is no class to name.
Client = Any

# Throttled calls wait and are sent again at a slower rate; what is left after six attempts is raised.
_CONFIG = Config(retries={"mode": "adaptive", "total_max_attempts": 6}, connect_timeout=5, read_timeout=20)

sagemaker: Client = boto3.client("sagemaker", config=_CONFIG)
autoscaling: Client = boto3.client("application-autoscaling", config=_CONFIG)


def is_missing(error: ClientError) -> bool:
    """Say whether a call failed because its resource does not exist."""
    details = error.response["Error"]
    return "could not find" in details["Message"].lower() or details["Code"] in {
        "ResourceNotFound",
        "ObjectNotFoundException",
    }


def is_there_already(error: ClientError) -> bool:
    """Say whether a Create call failed because the resource exists."""
    message = error.response["Error"]["Message"].lower()
    return "already exist" in message
