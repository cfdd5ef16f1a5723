"""What a step is given to run with, and what it hands back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from localaws.aws import Aws
from localaws.engine.definition import Step
from localaws.engine.retries import Failure
from localaws.errors import AwsError
from localaws.shapes import Document
from localaws.tasks import Stop


class Stopped(Exception):
    """The step ended because its execution is being stopped."""


@dataclass(frozen=True)
class StepContext:
    """One attempt of one step. `record` keeps the step's Metadata, such as the ARN of the job that it started."""

    aws: Aws
    execution_id: str
    step: Step
    arguments: Document
    stop: Stop
    record: Callable[[Document], None]
    role: str = ""

    @property
    def acting(self) -> Aws:
        """The local AWS under the pipeline's role."""
        try:
            return self.aws.acting_as(self.role)
        except AwsError as error:
            raise Failure(f"ClientError: {error.message}") from error

    def authorize(self, operation: str, request: Document) -> None:
        """Raise AWS's error where the pipeline's role does not allow a SageMaker operation."""
        if self.aws.authority:
            self.aws.authority.check_call(self.role, "sagemaker", operation, request)


Run = Callable[[StepContext], Document]
"""Runs a step and answers its outputs: what `Steps.<name>.<path>` references can read."""
