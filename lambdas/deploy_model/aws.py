"""The edge to AWS: clients, made once for all calls of a warm function."""

import os
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from common.aws_errors import find_resource

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


def delete(call: Callable[..., Any], **request: str) -> None:
    """Delete a resource; one that is gone is as good."""
    find_resource(call, **request)
