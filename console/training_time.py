"""How long a training of each profile takes here, said before one starts.

By the training of the same net in the pipeline's newest executions; where there is none, the local AWS's machine trains
a few batches. Other work on the machine slows both: it is an estimate, and named as one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from console.executions import fetch_steps, iter_summaries
from console.formats import duration
from console.target import Target

if TYPE_CHECKING:
    from pipelines.profiles import Profile

EXECUTIONS_READ = 5
FEWEST_EPOCHS = 10
TRAINING_STEP = "TrainModel"
UNMEASURED_IMAGES = 900
"""Training images of both classes in the published archive, without those that PrepareData keeps for validation."""
_PATIENCE_SECONDS = 60
_TEN_SECONDS, _MINUTE = 10, 60


@dataclass(frozen=True)
class Rate:
    """Images a second that a net trains on, how many images an epoch has, and whence both are known."""

    per_second: float
    images: int
    origin: str


def describe(target: Target, profile: Profile, overrides: Mapping[str, str]) -> str:
    """Say in a sentence how long this run's training takes and the profiles' of the same net, or that nobody knows."""
    from pipelines.initial_model import choose_hyperparameters
    from pipelines.profiles import PROFILES

    chosen = choose_hyperparameters(profile, overrides)
    rate = find_rate(target, chosen)
    if rate is None:
        return "How long the training takes is not known: none of its net is among the newest executions."
    alike = (each for each in PROFILES.values() if _net(each.hyperparameters) == _net(chosen))
    times = {each.name: _estimate(each.hyperparameters, rate) for each in alike}
    told = ", ".join(f"{name} {_round(seconds)}" for name, seconds in sorted(times.items(), key=lambda item: item[1]))
    mine = _round(_estimate(chosen, rate))
    return f"The training takes about {mine} here, by {rate.origin}. Profiles of this net: {told}."


def estimate(target: Target, name: str) -> str | None:
    """About how long a training by a profile takes, by the newest of its net; None where there is none, or no such
    profile. Nothing is measured, so that the answer comes at once."""
    from pipelines.profiles import PROFILES

    profile = PROFILES.get(name)
    rate = _read_rate(target, profile.hyperparameters) if profile else None
    return _round(_estimate(profile.hyperparameters, rate)) if profile and rate else None


def find_rate(target: Target, hyperparameters: Mapping[str, Any]) -> Rate | None:
    """By the newest training of the net, or by a measurement for the local AWS; None where neither is there.

    Of few epochs, a training is mostly its start, and is not worth the seconds that a measurement takes.
    """
    if (found := _read_rate(target, hyperparameters)) is not None:
        return found
    worth = target.local and int(hyperparameters["epochs"]) >= FEWEST_EPOCHS
    return _measure_rate(hyperparameters) if worth else None


def _read_rate(target: Target, hyperparameters: Mapping[str, Any]) -> Rate | None:
    sagemaker = target.client("sagemaker")
    for execution in islice(iter_summaries(sagemaker, target.project.pipeline_name), EXECUTIONS_READ):
        step = fetch_steps(sagemaker, execution["PipelineExecutionArn"]).get(TRAINING_STEP, {})
        arn = step.get("Metadata", {}).get("TrainingJob", {}).get("Arn", "")
        if step.get("StepStatus") != "Succeeded" or not arn:
            continue
        job = sagemaker.describe_training_job(TrainingJobName=arn.rpartition("/")[2])
        had, seconds = job["HyperParameters"], job.get("TrainingTimeInSeconds", 0)
        images, epochs = int(had["num_training_samples"]), int(had["epochs"])
        if _net(had) == _net(hyperparameters) and epochs >= FEWEST_EPOCHS and seconds:
            origin = f"the newest one of its net: {duration(seconds)} for {epochs} epochs of {images} images"
            return Rate(images * epochs / seconds, images, origin)
    return None


def _measure_rate(hyperparameters: Mapping[str, Any]) -> Rate | None:
    from console.pretraining.algorithm import PACKAGE, list_variables
    from localaws.environment import SAFE

    texts = {name: str(value) for name, value in hyperparameters.items() if name != "use_pretrained_model"}
    try:
        done = subprocess.run(
            [sys.executable, *SAFE, "-m", f"{PACKAGE}.rate", json.dumps(texts)],
            env=list_variables(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=_PATIENCE_SECONDS,
        )
    except (subprocess.SubprocessError, OSError):
        return None  # a value that the pipeline refuses in words, or a net too large for a quick measurement
    rate = json.loads(done.stdout)["images_per_second"]
    words = f"a measurement of {rate:.0f} images/s, for {UNMEASURED_IMAGES} images an epoch"
    return Rate(rate, UNMEASURED_IMAGES, words)


def _net(hyperparameters: Mapping[str, Any]) -> tuple[str, str]:
    return str(hyperparameters.get("num_layers")), str(hyperparameters.get("image_shape"))


def _estimate(hyperparameters: Mapping[str, Any], rate: Rate) -> float:
    return int(hyperparameters["epochs"]) * rate.images / rate.per_second


def _round(seconds: float) -> str:
    """An estimate's own words: tens of seconds below a minute, then minutes."""
    if seconds < _MINUTE:
        return duration(max(_TEN_SECONDS, round(seconds, -1)))
    return f"{round(seconds / _MINUTE)} min"
