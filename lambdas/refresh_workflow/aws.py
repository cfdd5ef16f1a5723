"""The edge to AWS: clients, made once for all calls of a warm function."""

import os
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

# boto3 makes its clients' methods at run time: there is no class to name.
Client = Any

# Throttled calls wait and are sent again at a slower rate; what is left after six attempts is raised.
_CONFIG = Config(retries={"mode": "adaptive", "total_max_attempts": 6}, connect_timeout=5, read_timeout=20)
_REGION = os.environ.get("AWS_REGION")


@dataclass(frozen=True)
class Clients:
    """The services that a refresh talks to."""

    sagemaker: Client
    autoscaling: Client
    states: Client
    s3: Client
    scheduler: Client


clients = Clients(
    sagemaker=boto3.client("sagemaker", region_name=_REGION, config=_CONFIG),
    autoscaling=boto3.client("application-autoscaling", region_name=_REGION, config=_CONFIG),
    states=boto3.client("stepfunctions", region_name=_REGION, config=_CONFIG),
    s3=boto3.client("s3", region_name=_REGION, config=_CONFIG),
    scheduler=boto3.client("scheduler", region_name=_REGION, config=_CONFIG),
)
