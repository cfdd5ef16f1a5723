"""The model that a run causes, whichever step made it: what evaluation and registration read of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.sdk import PipelineVariable, TrainingStep, TuningStep


@dataclass(frozen=True)
class Candidate:
    """The step, its model.tar.gz, the job that wrote it, and what a version's metadata tells of how it was found.

    `hyperparameters` are those of that job, for the model card.
    """

    step: TrainingStep | TuningStep
    artifact: PipelineVariable
    job_arn: PipelineVariable
    hyperparameters: Mapping[str, Any]
    facts: Mapping[str, PipelineVariable] = field(default_factory=dict)
