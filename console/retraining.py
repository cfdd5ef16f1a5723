"""What a retraining takes, said before a batch is closed: how many images are new, by which profile, and how long."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from common.aws_errors import find_resource
from common.live_model import find_live_version
from common.training_profile import describe_profile, find_profile
from console import training_time
from console.executions import iter_summaries
from console.intake.images import INCOMING
from console.intake.ingestion import CURATED, SUCCESS
from console.intake.store import Store
from console.progress.snapshot import flatten_steps
from console.target import Target


@dataclass(frozen=True)
class Retraining:
    """How many images no successful training has read yet, and the words on how the next one trains."""

    new: int
    plan: str

    @property
    def news(self) -> str:
        """How many images are new, as a sentence."""
        if self.new == 0:
            return "No image is new since the last successful training began: label some, or send them."
        images = "One image is" if self.new == 1 else f"{self.new} images are"
        return f"{images} new since the last successful training began."


def fetch_retraining(target: Target) -> Retraining:
    """Fetch what the next retraining takes."""
    return Retraining(count_new_images(target), describe_plan(target))


def describe_plan(target: Target) -> str:
    """Say which profile the next retraining takes, and how long its training is; empty without a pipeline.

    Its length is that of former trainings of the same net: nothing is measured for it.
    """
    sagemaker, project = target.client("sagemaker"), target.project
    described = find_resource(sagemaker.describe_pipeline, PipelineName=project.pipeline_name)
    if described is None:
        return ""
    definition = json.loads(described["PipelineDefinition"])
    words = describe_profile(definition, find_live_version(sagemaker, project.model_package_group))
    if any(body["Type"] == "Tuning" for body, _ in flatten_steps(definition["Steps"])):
        return f"{words} It searches for hyperparameters, by many trainings."
    length = training_time.estimate(target, find_profile(definition) or "")
    return f"{words} Its training takes about {length} here." if length else words


def count_new_images(target: Target) -> int:
    """How many images came after the last successful training began, those that are being taken in among them."""
    store, since = Store(target), _find_last_start(target)
    arrived = (entry for prefix in (CURATED, INCOMING) for entry in store.entries(prefix) if entry.key != SUCCESS)
    return sum(since is None or entry.modified > since for entry in arrived)


def _find_last_start(target: Target) -> datetime | None:
    newest = iter_summaries(target.client("sagemaker"), target.project.pipeline_name)
    return next((each["StartTime"] for each in newest if each["PipelineExecutionStatus"] == "Succeeded"), None)
