"""The SageMaker SDK, kept quiet and offline while a definition is built."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from sagemaker.workflow.pipeline_context import PipelineSession

from pipelines.settings import Settings

# Giving a configuration also keeps the SDK from merging the user's own files into our definition.
NO_TELEMETRY = {"SchemaVersion": "1.0", "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}}}


def offline_session(settings: Settings) -> PipelineSession:
    """Make the session that records requests instead of sending them; it needs a region and no account."""
    boto_session = boto3.Session(
        region_name=settings.region,
        aws_access_key_id="offline",
        aws_secret_access_key="offline",  # noqa: S106 - no secret: nothing is ever signed with it
    )
    return PipelineSession(
        boto_session=boto_session, default_bucket=settings.bucket, sagemaker_config=NO_TELEMETRY
    )


@contextmanager
def quiet_sdk() -> Iterator[None]:
    """Hide the SDK's warnings that no job is started, which is just what a definition wants."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Running within a PipelineSession")
        yield
