"""What a step is given to run with, and what it hands back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from localaws.authorization import check_role
from localaws.aws import Aws
from localaws.engine.definition import Step
from localaws.engine.retries import Failure, of_code
from localaws.errors import AwsError
from localaws.operations import SAGEMAKER
from localaws.shapes import Document
from localaws.tasks import Stop


class Stopped(Exception):
    """The step ended because its execution is being stopped."""


@dataclass(frozen=True)
class StepContext:
    """One attempt of one step of the execution with the ARN `execution`.

    `record` keeps the step's Metadata, such as the ARN of the job that it started, `change_status` its status.
    """

    aws: Aws
    execution: str
    step: Step
    arguments: Document
    stop: Stop
    record: Callable[[Document], None]
    change_status: Callable[[str], None]
    role: str = ""
    experiment: Document = field(default_factory=dict)  # the execution's PipelineExperimentConfig

    @property
    def execution_id(self) -> str:
        """The last part of the execution's ARN, as jobs have it in their names."""
        return self.execution.rsplit("/", 1)[1]

    @property
    def acting(self) -> Aws:
        """The local AWS under the pipeline's role."""
        try:
            return self.aws.acting_as(self.role)
        except AwsError as error:
            raise Failure(f"ClientError: {error.message}") from error

    def call(self, operation: str, request: Document) -> Document:
        """Run an operation of SageMaker under the pipeline's role; raises Failure with AWS's error."""
        try:
            return SAGEMAKER.call(self.aws, operation, request, partial(check_role, self.aws, self.role))
        except AwsError as error:
            raise _failed(operation, error) from error

    def authorize(self, operation: str, request: Document) -> None:
        """Raise Failure where the pipeline's role does not allow an operation of SageMaker."""
        try:
            check_role(self.aws, self.role, SAGEMAKER.operations[operation], request)
        except AwsError as error:
            raise _failed(operation, error) from error


def _failed(operation: str, error: AwsError) -> Failure:
    sentence = f"ClientError: Failed to invoke sagemaker:{operation}. Error Details: {error.message}"
    return of_code(error.code, sentence)


Run = Callable[[StepContext], Document]
"""Runs a step and answers its outputs: what `Steps.<name>.<path>` references can read."""
