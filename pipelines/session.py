"""The SageMaker SDK's session for building a definition: it records requests instead of sending them."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from sagemaker.workflow.pipeline_context import PipelineSession

from pipelines.settings import Settings

NO_TELEMETRY = {"SchemaVersion": "1.0", "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}}}


def offline_session(settings: Settings) -> PipelineSession:
    """Make a session that needs a region and no account; the user's own SDK configuration stays out."""
    session = PipelineSession(
        boto_session=boto3.Session(region_name=settings.region),
        default_bucket=settings.bucket,
        sagemaker_config=NO_TELEMETRY,
    )
    # The SDK validates a configuration at every look-up: sixty times, four seconds a definition.
    session.sagemaker_config = {}
    return session


@contextmanager
def telemetry_off(session: PipelineSession) -> Iterator[None]:
    """Opt out of telemetry around a call that has it; in building a definition that is `Estimator.fit` alone."""
    session.sagemaker_config = NO_TELEMETRY
    try:
        yield
    finally:
        session.sagemaker_config = {}
