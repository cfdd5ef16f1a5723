"""Processing, training and transform jobs: Create, Describe, List, Stop and Delete, alike but for their names."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from functools import partial

from localaws import errors, listing
from localaws.aws import Aws, now
from localaws.images.builtin import with_own_metrics
from localaws.jobs import processing, training, transform
from localaws.operations import SAGEMAKER, Named
from localaws.records import defaults, models, tags, tracking
from localaws.records.jobs import (
    ENDED,
    KINDS,
    PROCESSING,
    TRAINING,
    TRANSFORM,
    JobKind,
    announce_job,
    fail_job,
    find_job,
)
from localaws.refusals import members
from localaws.sagemaker import closed, limits
from localaws.sagemaker.rules import inputs, pulling
from localaws.sagemaker.rules.jobs import PROCESSING_RULES, TRAINING_RULES, TRANSFORM_RULES
from localaws.shapes import Document, project_as
from localaws.store import retry_until_stored
from localaws.tasks import Stop

# https://github.com/aws/amazon-sagemaker-examples/pull/3108 has AWS's words for training jobs.
_EXISTS = {
    TRAINING.noun: "Training job names must be unique within an AWS account and region, and a training job with this "
    "name already exists ({arn})",
    PROCESSING.noun: "Processing job already exists: {arn}",
    TRANSFORM.noun: "Transform job already exists: {arn}",
}
_RUN: dict[str, Callable[[Aws, str, Stop], None]] = {
    PROCESSING.noun: processing.run_job,
    TRAINING.noun: training.run_job,
    TRANSFORM.noun: transform.run_job,
}


def create(kind: JobKind, aws: Aws, request: Document) -> Document:
    """Store the job and start it."""
    name = request[kind.name]
    arn = aws.arn(kind.noun, name.lower())
    closed.check_job(aws, kind.noun, request)
    tracking.check_experiment(aws, request.get("ExperimentConfig", {}))
    if kind is PROCESSING:
        pulling.check_processing(aws, request)
    if kind is TRAINING:
        pulling.check_training(aws, request)
        inputs.check_channels(aws, request)
    if kind is TRANSFORM:
        model = models.get_model(aws, request["ModelName"])
        inputs.check_transform(aws, model.get("ExecutionRoleArn"), request)
    with aws.store.transaction():
        if find_job(aws, kind, name):
            raise errors.in_use(_EXISTS[kind.noun].format(arn=arn))
        document = {
            **defaults.fill(request, defaults.JOBS[kind.noun]),
            **_initial(kind, request),
            kind.arn: arn,
            kind.status: "InProgress",
            "CreationTime": now(),
            "LastModifiedTime": now(),
        }
        aws.store.put(kind.noun, name.lower(), document)
        tags.tag_new(aws, arn, request)
        announce_job(aws, kind, document)
    aws.tasks.start(arn, lambda stop: _guarded(kind, aws, name, stop))
    return {kind.arn: arn}


def describe(kind: JobKind, aws: Aws, request: Document) -> Document:
    """The job as it stands."""
    document = find_job(aws, kind, request[kind.name])
    if document is None:
        raise errors.validation("Requested resource not found.")
    return with_own_metrics(document) if kind is TRAINING else document


def list_jobs(kind: JobKind, aws: Aws, request: Document) -> Document:
    """Jobs of one kind, newest first."""
    order = listing.Order({"Name": kind.name, "CreationTime": "CreationTime", "Status": kind.status})
    chosen, more = listing.page(request, aws.store.all(kind.noun), order, kind.name, {"StatusEquals": kind.status})
    return {
        f"{kind.stem}JobSummaries": [project_as(f"{kind.stem}JobSummary", item) for item in chosen],
        **more,
    }


def stop(kind: JobKind, aws: Aws, request: Document) -> Document:
    """Ask a running job to stop."""
    # One transaction, or a job that ends between the read and the change would be Stopping for ever.
    with aws.store.transaction():
        document = describe(kind, aws, request)
        if document[kind.status] in ENDED:
            raise errors.validation(
                f"The job {request[kind.name]} is {document[kind.status]}; "
                "only a job that is InProgress can be stopped."
            )
        changed = aws.store.update(kind.noun, request[kind.name].lower(), **{kind.status: "Stopping"})
        announce_job(aws, kind, changed)
    aws.tasks.stop(document[kind.arn])
    return {}


def delete(kind: JobKind, aws: Aws, request: Document) -> Document:
    """Forget a job that has ended; its name is free again, and what it wrote to S3 and its logs stays."""
    name = request[kind.name]
    with aws.store.transaction():
        document = find_job(aws, kind, name)
        if document is None:
            raise errors.not_found("Requested resource not found.")
        if document[kind.status] not in ENDED:
            raise errors.in_use(f"The job {name} is {document[kind.status]}; only a job that has ended can be deleted.")
        aws.store.delete(kind.noun, name.lower())
        tags.forget(aws, document[kind.arn])
    # A later job of the name must not find this one's files.
    home = aws.settings.jobs / document[kind.name]
    for place in home.iterdir() if home.is_dir() else ():
        if place.name != "logs":
            shutil.rmtree(place) if place.is_dir() else place.unlink()
    return {}


def update_training(aws: Aws, request: Document) -> Document:
    """Change what Debugger is asked to profile of a job that runs; it is kept, as at the job's creation."""
    with aws.store.transaction():
        document = find_job(aws, TRAINING, request["TrainingJobName"])
        if document is None:
            raise errors.not_found("Requested resource not found.")
        if document["TrainingJobStatus"] in ENDED:
            raise errors.validation(
                f"The job {request['TrainingJobName']} is {document['TrainingJobStatus']}; only a job that is "
                "InProgress can be updated."
            )
        profiler = {**document.get("ProfilerConfig", {}), **request.get("ProfilerConfig", {})}
        changes = {"ProfilerConfig": profiler} if profiler else {}
        aws.store.update(TRAINING.noun, request["TrainingJobName"].lower(), **changes, LastModifiedTime=now())
    return document


def _initial(kind: JobKind, request: Document) -> Document:
    if kind is not TRAINING:
        return {}
    path = request["OutputDataConfig"]["S3OutputPath"].rstrip("/")
    # Files as they are lie in a folder of S3.
    model = "model/" if request["OutputDataConfig"].get("CompressionType") == "NONE" else "model.tar.gz"
    artifact = f"{path}/{request['TrainingJobName']}/output/{model}"
    return {
        "SecondaryStatus": "Starting",
        "SecondaryStatusTransitions": [training.transition("Starting")],
        "ModelArtifacts": {"S3ModelArtifacts": artifact},
    }


def _guarded(kind: JobKind, aws: Aws, name: str, stop_request: Stop) -> None:
    try:
        _RUN[kind.noun](aws, name, stop_request)
    except Exception as error:
        reason = f"InternalServerError: {type(error).__name__}: {error}"
        retry_until_stored(lambda: fail_job(aws, kind, name, reason))
        raise


_CHECKS: dict[str, Sequence[Callable[[Document], None]]] = {
    PROCESSING.noun: (limits.check_processing, *PROCESSING_RULES),
    TRAINING.noun: (limits.check_training, *TRAINING_RULES),
    TRANSFORM.noun: TRANSFORM_RULES,
}
_ISOLATED = "EnableNetworkIsolation EnableInterContainerTrafficEncryption"
_PROCESSING_MEMBERS = members(
    """ProcessingJobName ExperimentConfig RoleArn AppSpecification Environment StoppingCondition NetworkConfig.VpcConfig
    ProcessingInputs.InputName ProcessingInputs.S3Input.S3Uri ProcessingInputs.S3Input.LocalPath
    ProcessingInputs.S3Input.S3DataType ProcessingInputs.S3Input.S3DataDistributionType
    ProcessingOutputConfig.Outputs.OutputName ProcessingOutputConfig.Outputs.S3Output.S3Uri
    ProcessingOutputConfig.Outputs.S3Output.LocalPath
    ProcessingResources.ClusterConfig.InstanceCount ProcessingResources.ClusterConfig.InstanceType""",
    kept="""ProcessingResources.ClusterConfig.VolumeSizeInGB ProcessingResources.ClusterConfig.VolumeKmsKeyId
    ProcessingOutputConfig.KmsKeyId NetworkConfig Tags""",
    only={
        "ProcessingInputs.S3Input.S3InputMode": ("File",),
        "ProcessingOutputConfig.Outputs.S3Output.S3UploadMode": ("EndOfJob",),
    },
)
# A trial of a tuning job is asked for with these, too.
TRAINED = members(
    """RoleArn VpcConfig Environment CheckpointConfig
    AlgorithmSpecification.TrainingImage AlgorithmSpecification.MetricDefinitions
    InputDataConfig.ChannelName InputDataConfig.ContentType InputDataConfig.DataSource.S3DataSource.S3DataType
    InputDataConfig.DataSource.S3DataSource.S3Uri InputDataConfig.DataSource.S3DataSource.S3DataDistributionType
    OutputDataConfig.S3OutputPath OutputDataConfig.CompressionType ResourceConfig.InstanceType
    ResourceConfig.InstanceCount
    StoppingCondition.MaxRuntimeInSeconds""",
    kept=f"""OutputDataConfig.KmsKeyId ResourceConfig.VolumeSizeInGB ResourceConfig.VolumeKmsKeyId
    ResourceConfig.KeepAlivePeriodInSeconds StoppingCondition.MaxWaitTimeInSeconds
    StoppingCondition.MaxPendingTimeInSeconds EnableManagedSpotTraining RetryStrategy {_ISOLATED}""",
    only={
        "AlgorithmSpecification.TrainingInputMode": ("File", "FastFile"),
        "InputDataConfig.InputMode": ("File", "FastFile"),
    },
)
_TRAINING_MEMBERS = TRAINED | members(
    """TrainingJobName ExperimentConfig HyperParameters AlgorithmSpecification.ContainerEntrypoint
    AlgorithmSpecification.ContainerArguments""",
    # The SDK sends Debugger's members unasked; a hook works in images that have AWS's library.
    kept="""AlgorithmSpecification.EnableSageMakerMetricsTimeSeries DebugHookConfig ProfilerConfig Tags""",
)
_TRANSFORM_MEMBERS = members(
    """TransformJobName ExperimentConfig ModelName Environment BatchStrategy MaxPayloadInMB
    DataProcessing ModelClientConfig
    TransformInput.DataSource TransformInput.ContentType TransformOutput.S3OutputPath TransformOutput.Accept
    TransformOutput.AssembleWith TransformResources.InstanceType TransformResources.InstanceCount""",
    kept="""MaxConcurrentTransforms TransformOutput.KmsKeyId TransformResources.VolumeKmsKeyId
    TransformResources.TransformAmiVersion Tags""",
    only={"TransformInput.SplitType": ("Line",)},
)
_MEMBERS = {
    PROCESSING.noun: _PROCESSING_MEMBERS,
    TRAINING.noun: _TRAINING_MEMBERS,
    TRANSFORM.noun: _TRANSFORM_MEMBERS,
}

for _kind in KINDS:
    _named = Named(_kind.name, _kind.noun)
    SAGEMAKER.operation(
        f"Create{_kind.stem}Job",
        on=(_named,),
        emits=_kind.event,
        closed=closed.JOBS.get(_kind.noun, closed.nothing),
        checks=_CHECKS[_kind.noun],
        members=_MEMBERS[_kind.noun],
    )(partial(create, _kind))
    SAGEMAKER.operation(f"Describe{_kind.stem}Job", on=(_named,))(partial(describe, _kind))
    SAGEMAKER.operation(f"List{_kind.stem}Jobs")(partial(list_jobs, _kind))
    SAGEMAKER.operation(f"Stop{_kind.stem}Job", on=(_named,), emits=_kind.event)(partial(stop, _kind))
    if _kind is not TRANSFORM:  # which AWS does not delete
        SAGEMAKER.operation(f"Delete{_kind.stem}Job", on=(_named,))(partial(delete, _kind))

SAGEMAKER.operation(
    "UpdateTrainingJob",
    on=(Named(TRAINING.name, TRAINING.noun),),
    closed=closed.JOBS[TRAINING.noun],
    # Rules of Debugger, warm pools and remote debugging are not emulated when a job is created, either.
    members=members("TrainingJobName", kept="ProfilerConfig"),
)(update_training)
