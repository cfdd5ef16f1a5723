"""Sessions of either SDK that record requests instead of sending them; they need a region and no account."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3

NO_TELEMETRY = {"SchemaVersion": "1.0", "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}}}


def open_session(kind: type, region: str, bucket: str) -> Any:  # noqa: ANN401 - the SDK's class, of its type
    """Make a session of the SDK's class; the user's own SDK configuration stays out."""
    session = kind(boto_session=_boto_session(region), default_bucket=bucket, sagemaker_config=NO_TELEMETRY)
    # The SDKs validate a configuration at every look-up: some fifty times, four seconds a definition.
    session.sagemaker_config = {}
    return session


@contextmanager
def telemetry_off(session: Any) -> Iterator[None]:  # noqa: ANN401 - the SDK's class, of its type
    """Opt out of telemetry around a call that has it."""
    session.sagemaker_config = NO_TELEMETRY
    try:
        yield
    finally:
        session.sagemaker_config = {}


@functools.cache
def _boto_session(region: str) -> boto3.Session:
    """Keep AWS's models, once they are read; nothing is ever asked by this session."""
    return boto3.Session(region_name=region)
