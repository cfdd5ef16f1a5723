"""The model that a run causes, whichever step made it: what evaluation and registration read of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.sdk import PipelineVariable, TrainingStep, TuningStep


@dataclass(frozen=True)
class Candidate:
    """The step, where its model.tar.gz lies, and what a version's metadata tells of how it was found."""

    step: TrainingStep | TuningStep
    artifact: PipelineVariable
    facts: Mapping[str, PipelineVariable] = field(default_factory=dict)
