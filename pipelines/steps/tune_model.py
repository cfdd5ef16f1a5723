"""TuneModel: many trainings in the place of one; the best on the validation images goes on."""

from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter, ParameterRange
from sagemaker.tuner import HyperparameterTuner
from sagemaker.workflow.entities import PipelineVariable
from sagemaker.workflow.functions import Join
from sagemaker.workflow.steps import ProcessingStep, TuningStep

from pipelines import search_space
from pipelines.parameters import MODEL_URI
from pipelines.search_space import Variant, variants
from pipelines.session import telemetry_off
from pipelines.steps.candidate import Candidate
from pipelines.steps.context import Context
from pipelines.steps.policies import CACHE, job_retries
from pipelines.steps.train_model import channels, make_estimator

NAME = "TuneModel"


def tune_model(context: Context, prepared: ProcessingStep) -> Candidate:
    """Build the step: one tuning job over the profile's variants, each with the same ranges."""
    chosen = variants(context.profile, fixed_net=MODEL_URI in context.parameters.own)
    inputs: dict[str, dict[str, TrainingInput]] = {item.name: channels(context, prepared) for item in chosen}
    with telemetry_off(context.session):
        arguments = _tuner(context, chosen).fit(inputs, include_cls_metadata={})
    step = TuningStep(
        name=NAME,
        display_name="Tune model",
        step_args=arguments,
        cache_config=CACHE,
        retry_policies=job_retries(),
    )
    return Candidate(step, _artifact(step), _facts(step))


def _tuner(context: Context, chosen: list[Variant]) -> HyperparameterTuner:
    """Describe the search. AWS stops no trial early where several definitions compete: Hyperband does, by itself."""
    parameters = context.parameters
    tuner: HyperparameterTuner = HyperparameterTuner.create(
        estimator_dict={item.name: _estimator(context, item) for item in chosen},
        objective_metric_name_dict={item.name: search_space.OBJECTIVE for item in chosen},
        hyperparameter_ranges_dict={item.name: _ranges() for item in chosen},
        strategy=parameters["TuningStrategy"],
        objective_type="Maximize",
        max_jobs=parameters["MaxTrainingJobs"],
        max_parallel_jobs=parameters["MaxParallelTrainingJobs"],
        random_seed=parameters["Seed"],
        tags=context.settings.aws_tags or None,
    )
    return tuner


def _estimator(context: Context, variant: Variant) -> Estimator:
    return make_estimator(context, variant.changes)


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
