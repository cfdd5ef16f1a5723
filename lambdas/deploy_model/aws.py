"""The edge to AWS: clients, made once for all calls of a warm function, and what AWS's errors mean.

SageMaker answers both "not there" and "there already" as ValidationException: only the message tells them apart.
"""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# boto3 makes its clients' methods at run time: there is no class to name.
Client = Any

# Throttled calls wait and are sent again at a slower rate; what is left after six attempts is raised.
_CONFIG = Config(retries={"mode": "adaptive", "total_max_attempts": 6}, connect_timeout=5, read_timeout=20)

sagemaker: Client = boto3.client("sagemaker", region_name=os.environ.get("AWS_REGION"), config=_CONFIG)
# S3 answers a copy when it is made; those of 5 GB, the largest that it makes in one piece, take minutes.
s3: Client = boto3.client(
    "s3", region_name=os.environ.get("AWS_REGION"), config=_CONFIG.merge(Config(read_timeout=300))
)
sns: Client = boto3.client("sns", region_name=os.environ.get("AWS_REGION"), config=_CONFIG)
autoscaling: Client = boto3.client("application-autoscaling", region_name=os.environ.get("AWS_REGION"), config=_CONFIG)


@cache
def cloudformation() -> Client:
    """Made when it is asked for: only a stack that is deleted needs it."""
    return boto3.client("cloudformation", region_name=os.environ.get("AWS_REGION"), config=_CONFIG)


def is_missing(error: ClientError) -> bool:
    """Say whether a call failed because its resource does not exist."""
    details = error.response["Error"]
    said = details["Message"].lower()
    if details["Code"] in {"ResourceNotFound", "ObjectNotFoundException"}:
        return True
    return "could not find" in said or "no scalable target found" in said


def is_closed(error: ClientError) -> bool:
    """Say whether a call was refused because AWS has closed a feature to this account; only the message tells that."""
    said = error.response["Error"]["Message"].lower()
    return "maintenance mode" in said and "new customers" in said


def is_there_already(error: ClientError) -> bool:
    """Say whether a Create call failed because the resource exists."""
    message = error.response["Error"]["Message"].lower()
    return "already exist" in message


def delete(call: Callable[..., Any], **request: str) -> None:
    """Delete a resource; one that is gone is as good."""
    try:
        call(**request)
    except ClientError as error:
        if not is_missing(error):
            raise
