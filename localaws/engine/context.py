"""What a step is given to run with, and what it hands back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from localaws.aws import Aws
from localaws.engine.definition import Step
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


Run = Callable[[StepContext], Document]
"""Runs a step and answers its outputs: what `Steps.<name>.<path>` references can read."""
