"""boto3 clients, made in one place; `AWS_ENDPOINT_URL` is the whole difference between AWS and a laptop."""

from collections.abc import Mapping
from typing import Any

import boto3

from pipelines.settings import Settings

# boto3 makes its clients' methods at run time: there is no class to name.
Client = Any


def make_client(service: str, region: str) -> Client:
    """Make a client of an AWS service, from the environment's credentials and endpoint."""
    return boto3.client(service, region_name=region)


def find_settings(environment: Mapping[str, str]) -> Settings:
    """Read settings; where the account is not given, ask STS whose credentials these are."""
    settings = Settings.from_environment(environment)
    if environment.get("SCONES_ACCOUNT_ID"):
        return settings
    account = make_client("sts", settings.region).get_caller_identity()["Account"]
    return Settings.from_environment({**environment, "SCONES_ACCOUNT_ID": account})
