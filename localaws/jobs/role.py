"""The role that a job or a model runs under."""

from __future__ import annotations

from localaws.aws import Aws
from localaws.errors import AwsError
from localaws.jobs.failures import ClientFailure


def acting_as(aws: Aws, role: str | None) -> Aws:
    """The local AWS under the role; a role that SageMaker may not take on is the customer's failure."""
    try:
        return aws.acting_as(role)
    except AwsError as error:
        raise ClientFailure(error.message) from error
