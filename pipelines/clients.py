"""boto3 clients, made in one place; `AWS_ENDPOINT_URL` is the whole difference between AWS and a laptop."""

from typing import Any

import boto3

# boto3 makes its clients' methods at run time: there is no class to name.
Client = Any


def make_client(service: str, region: str) -> Client:
    """Make a client of an AWS service, from the environment's credentials and endpoint."""
    return boto3.client(service, region_name=region)
