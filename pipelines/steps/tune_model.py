"""TuneModel: many trainings in the place of one; the best on the validation images goes on."""

from typing import Any

from pipelines import search_space
from pipelines.parameters import MODEL_URI
from pipelines.sdk import (
    CategoricalParameter,
    ContinuousParameter,
    IntegerParameter,
    Join,
    ParameterRange,
    PipelineVariable,
    ProcessingStep,
    Search,
    TuningStep,
    tune,
)
from pipelines.search_space import variants
from pipelines.steps.candidate import Candidate
from pipelines.steps.context import Context
from pipelines.steps.policies import CACHE, job_retries
from pipelines.steps.train_model import channels, describe_training

NAME = "TuneModel"


def tune_model(context: Context, prepared: ProcessingStep) -> Candidate:
    """Build the step: one tuning job over the profile's variants, each with the same ranges."""
    step = TuningStep(
        name=NAME,
        display_name="Tune model",
        step_args=tune(context.session, _search(context), channels(context, prepared)),
        cache_config=CACHE,
        retry_policies=job_retries(),
    )
    best = step.properties.BestTrainingJob
    return Candidate(step, _artifact(step), best.TrainingJobArn, _hyperparameters(context, step), _facts(step))


def _hyperparameters(context: Context, step: TuningStep) -> dict[str, Any]:
    """Those of the best training: what was searched, and what all variants share."""
    best = step.properties.BestTrainingJob
    varied = {name for item in variants(context.profile, fixed_net=_has_fixed_net(context)) for name in item.changes}
    shared = {name: value for name, value in describe_training(context).hyperparameters.items() if name not in varied}
    return {**shared, **{name: best.TunedHyperParameters[name] for name in search_space.SEARCHED}}


def _has_fixed_net(context: Context) -> bool:
    return MODEL_URI in context.parameters.own


def _search(context: Context) -> Search:
    """Describe the search. AWS stops no trial early where several definitions compete: Hyperband does, by itself."""
    parameters = context.parameters
    chosen = variants(context.profile, fixed_net=_has_fixed_net(context))
    return Search(
        jobs={item.name: describe_training(context, item.changes) for item in chosen},
        ranges=_ranges(),
        objective=search_space.OBJECTIVE,
        strategy=parameters["TuningStrategy"],
        max_jobs=parameters["MaxTrainingJobs"],
        max_parallel_jobs=parameters["MaxParallelTrainingJobs"],
        seed=parameters["Seed"],
        tags=context.settings.aws_tags,
    )


def _ranges() -> dict[str, ParameterRange]:
    return {
        **{
            name: ContinuousParameter(low, high, scaling_type="Logarithmic")
            for name, (low, high) in search_space.LOGARITHMIC.items()
        },
        **{name: IntegerParameter(low, high) for name, (low, high) in search_space.INTEGER.items()},
        **{name: CategoricalParameter(list(values)) for name, values in search_space.CATEGORICAL.items()},
    }


def _artifact(step: TuningStep) -> PipelineVariable:
    """Refer to the best trial's artifact where it was written: by this execution, or by a cached one.

    The SDK's get_top_model_s3_uri wants the place from outside, which is wrong where the step came from the cache.
    """
    place = step.properties.TrainingJobDefinitions[0].OutputDataConfig.S3OutputPath
    return Join("/", [place, step.properties.BestTrainingJob.TrainingJobName, "output/model.tar.gz"])


def _facts(step: TuningStep) -> dict[str, PipelineVariable]:
    best = step.properties.BestTrainingJob
    found = {
        "tuning_job": step.properties.HyperParameterTuningJobName,
        "training_job": best.TrainingJobName,
        "tuning_variant": best.TrainingJobDefinitionName,
        "validation_accuracy": Join("", [best.FinalHyperParameterTuningJobObjectiveMetric.Value]),
    }
    return found | {f"tuned_{name}": best.TunedHyperParameters[name] for name in search_space.SEARCHED}
