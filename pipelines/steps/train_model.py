"""TrainModel: the built-in image classification, on the images of PrepareData."""

from collections.abc import Mapping

from common.labels import LABELS
from pipelines.hyperparameters import Value
from pipelines.parameters import MODEL_URI
from pipelines.sdk import Channel, PipelineVariable, ProcessingStep, TrainingJob, TrainingStep, train
from pipelines.steps.candidate import Candidate
from pipelines.steps.context import Context
from pipelines.steps.outputs import output_file, output_uri, run_uri
from pipelines.steps.policies import CACHE, job_retries
from pipelines.steps.prepare_data import RECORDS, training_samples

NAME = "TrainModel"
VOLUME_GB = 30


def train_model(context: Context, prepared: ProcessingStep) -> Candidate:
    """Build the step on the channels that the algorithm wants: four for loose images, two for records."""
    job = describe_training(context)
    step = TrainingStep(
        name=NAME,
        display_name="Train model",
        step_args=train(context.session, job, channels(context, prepared)),
        cache_config=CACHE,
        retry_policies=job_retries(),
    )
    properties = step.properties
    return Candidate(step, properties.ModelArtifacts.S3ModelArtifacts, properties.TrainingJobArn, job.hyperparameters)


def describe_training(context: Context, changes: Mapping[str, Value] | None = None) -> TrainingJob:
    """Describe the job, with `changes` in place of what the profile says.

    No metric definitions are sent: a built-in algorithm has its own (`train:accuracy`,
    `validation:accuracy`), and AWS refuses a job that would override them.
    """
    settings = context.settings
    return TrainingJob(
        image=context.algorithm_image,
        role=settings.training_role_arn,
        instance_count=context.parameters["TrainingInstanceCount"],
        instance_type=context.parameters["TrainingInstanceType"],
        volume_gb=VOLUME_GB,
        max_runtime_seconds=context.profile.max_runtime_seconds,
        output_uri=run_uri(settings, "model"),
        # No key for the volume: AWS refuses one where instances have local disks, as all current GPU types have.
        output_kms_key=settings.kms_key,
        hyperparameters={**_hyperparameters(context), **(changes or {})},
        # Read by the laptop's stand-in only: the built-in algorithm has no seed.
        environment={"SCONES_SEED": context.parameters["Seed"].to_string()},
        tags=settings.aws_tags,
        subnets=settings.subnets,
        security_groups=settings.security_groups,
    )


def _hyperparameters(context: Context) -> dict[str, Value | PipelineVariable]:
    """Send what the profile names, and nothing in place of what it leaves out."""
    chosen = context.parameters.hyperparameters
    checkpoint = {"checkpoint_frequency": chosen["epochs"]} if context.profile.keeps_last_epoch else {}
    return {"num_classes": len(LABELS), "num_training_samples": training_samples(), **chosen, **checkpoint}


def channels(context: Context, prepared: ProcessingStep) -> list[Channel]:
    """The prepared images as the algorithm wants them, loose with their lists or as records, and an initial model."""
    return [*_images(context, prepared), *_initial_model(context)]


def _initial_model(context: Context) -> list[Channel]:
    """Give an artifact to start from, where there is one."""
    uri = context.parameters.own.get(MODEL_URI)
    return [Channel("model", uri, "application/x-sagemaker-model")] if uri is not None else []


def _images(context: Context, prepared: ProcessingStep) -> list[Channel]:
    if context.profile.record_io:
        return [
            Channel(name, output_file(prepared, RECORDS, f"{name}.rec"), "application/x-recordio")
            for name in ("train", "validation")
        ]
    sources = {
        "train": output_uri(prepared, "train"),
        "validation": output_uri(prepared, "validation"),
        "train_lst": output_file(prepared, "lst", "train.lst"),
        "validation_lst": output_file(prepared, "lst", "validation.lst"),
    }
    return [Channel(name, source, "application/x-image") for name, source in sources.items()]
