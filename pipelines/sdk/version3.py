"""The SageMaker SDK 3: `ModelTrainer` and `ModelBuilder` write the requests; what they add or cannot say is set here.

The definitions are the bytes that SDK 2 writes (tests/contract/test_sdk3.py): caches and running projects go on. Each
correction below has its line in docs/sdk-v3.md.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker.core import image_uris
from sagemaker.core.helper.pipeline_variable import PipelineVariable
from sagemaker.core.metadata_properties import MetadataProperties
from sagemaker.core.model_metrics import MetricsSource, ModelMetrics
from sagemaker.core.network import NetworkConfig
from sagemaker.core.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter, ParameterRange
from sagemaker.core.processing import Processor
from sagemaker.core.processing import ScriptProcessor as _ScriptProcessor
from sagemaker.core.shapes import (
    ProcessingInput,
    ProcessingOutput,
    ProcessingS3Input,
    ProcessingS3Output,
    S3DataSource,
    StoppingCondition,
)
from sagemaker.core.training.configs import Compute, InputData, Networking, OutputDataConfig
from sagemaker.core.workflow.conditions import ConditionGreaterThanOrEqualTo
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import Parameter, ParameterFloat, ParameterInteger, ParameterString
from sagemaker.core.workflow.pipeline_context import PipelineSession, _JobStepArguments, _StepArguments
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.core.workflow.utilities import execute_job_functions
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.retry import (
    RetryPolicy,
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.mlops.workflow.steps import CacheConfig, ProcessingStep, Step, TrainingStep, TuningStep
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.train.model_trainer import ModelTrainer

from pipelines.sdk import sessions
from pipelines.sdk.jobs import Channel, Package, Search, TrainingJob

__all__ = [
    "CacheConfig",
    "CategoricalParameter",
    "ConditionGreaterThanOrEqualTo",
    "ConditionStep",
    "ContinuousParameter",
    "ExecutionVariables",
    "FailStep",
    "IntegerParameter",
    "Join",
    "JsonGet",
    "NetworkConfig",
    "Parameter",
    "ParameterFloat",
    "ParameterInteger",
    "ParameterRange",
    "ParameterString",
    "Pipeline",
    "PipelineSession",
    "PipelineVariable",
    "ProcessingInput",
    "ProcessingOutput",
    "ProcessingStep",
    "Processor",
    "PropertyFile",
    "RetryPolicy",
    "SageMakerJobExceptionTypeEnum",
    "SageMakerJobStepRetryPolicy",
    "ScriptProcessor",
    "Step",
    "StepExceptionTypeEnum",
    "StepRetryPolicy",
    "TrainingStep",
    "TuningStep",
    "describe",
    "image_uris",
    "make_input",
    "make_output",
    "open_session",
    "register",
    "train",
    "tune",
]

# What a training definition of a search names otherwise: CreateHyperParameterTuningJob's words for CreateTrainingJob's.
SEARCH_NAMES = {"HyperParameters": "StaticHyperParameters", "ResourceConfig": "HyperParameterTuningResourceConfig"}


class ScriptProcessor(_ScriptProcessor):
    """Says of the code's channel, as of all others, that SageMaker brings it: SDK 3 leaves that out."""

    def run(self, **given: Any) -> _StepArguments:  # noqa: ANN401 - as ScriptProcessor.run takes them
        with sessions.telemetry_off(self.sagemaker_session):
            return super().run(**given)

    def _convert_code_and_add_to_inputs(self, inputs: list[ProcessingInput], s3_uri: str) -> list[ProcessingInput]:
        *others, code = super()._convert_code_and_add_to_inputs(inputs, s3_uri)
        code.app_managed = False
        return [*others, code]


def open_session(region: str, bucket: str) -> PipelineSession:
    """Make a session that records requests."""
    return sessions.open_session(PipelineSession, region, bucket)


def describe(pipeline: Pipeline) -> dict[str, Any]:
    """Return the definition, without the null that SDK 3 writes for a pipeline without MLflow."""
    definition = json.loads(pipeline.definition())
    if definition.get("MlflowConfig", ...) is None:
        del definition["MlflowConfig"]
    return definition


def make_input(name: str, source: PipelineVariable, folder: str, distribution: str) -> ProcessingInput:
    """Bring an S3 prefix to a folder of a processing job's instances."""
    place = ProcessingS3Input(
        s3_uri=source, local_path=folder, s3_data_type="S3Prefix", s3_data_distribution_type=distribution
    )
    return ProcessingInput(input_name=name, s3_input=place, app_managed=False)


def make_output(name: str, folder: str, destination: PipelineVariable) -> ProcessingOutput:
    """Bring a folder of a processing job to S3 when it ends."""
    place = ProcessingS3Output(s3_uri=destination, local_path=folder, s3_upload_mode="EndOfJob")
    return ProcessingOutput(output_name=name, s3_output=place, app_managed=False)


def train(session: PipelineSession, job: TrainingJob, channels: Sequence[Channel]) -> _StepArguments:
    """Return a TrainingStep's arguments, with the profiler off, of which ModelTrainer knows nothing."""
    return _replay(session, "train", {**_request(session, job, channels), "ProfilerConfig": {"DisableProfiler": True}})


def tune(session: PipelineSession, search: Search, channels: Sequence[Channel]) -> _StepArguments:
    """Return a TuningStep's arguments: SDK 3's own tuner cannot describe a search over several trainings."""
    objective = {"Type": "Maximize", "MetricName": search.objective}
    definitions = [
        {
            "DefinitionName": name,
            "TuningObjective": objective,
            "HyperParameterRanges": _ranges(search.ranges),
            **_definition(_request(session, job, channels), search.ranges),
        }
        for name, job in sorted(search.jobs.items())
    ]
    config = {
        "Strategy": search.strategy,
        "ResourceLimits": {
            "MaxNumberOfTrainingJobs": search.max_jobs,
            "MaxParallelTrainingJobs": search.max_parallel_jobs,
        },
        "TrainingJobEarlyStoppingType": "Off",
        "RandomSeed": search.seed,
    }
    request = {"HyperParameterTuningJobConfig": config, "TrainingJobDefinitions": definitions}
    return _replay(session, "tune", request | ({"Tags": list(search.tags)} if search.tags else {}))


def register(
    session: PipelineSession, package: Package, name: str, display_name: str, retries: list[RetryPolicy]
) -> Step:
    """Build the step that creates a model package."""
    builder = ModelBuilder(
        image_uri=package.image,
        s3_model_data_url=package.artifact,
        role_arn=package.role,
        sagemaker_session=session,
        dependencies=None,  # its default counts as code to upload, for which it would look for the bucket
    )
    with sessions.telemetry_off(session):
        arguments = builder.register(
            model_package_group_name=package.group,
            content_types=list(package.content_types),
            response_types=list(package.response_types),
            inference_instances=list(package.inference_instances),
            transform_instances=list(package.transform_instances),
            approval_status=package.approval_status,
            model_metrics=ModelMetrics(model_statistics=MetricsSource("application/json", package.statistics_uri)),
            metadata_properties=MetadataProperties(**package.origin),
            customer_metadata_properties=dict(package.metadata),
            data_input_configuration=package.input_shape,
            domain=package.domain,
            task=package.task,
        )
    package.add_rest(arguments.create_model_package_request)
    return ModelStep(name=name, display_name=display_name, step_args=arguments, retry_policies=retries)


def _request(session: PipelineSession, job: TrainingJob, channels: Sequence[Channel]) -> dict[str, Any]:
    """Return what ModelTrainer asks CreateTrainingJob for."""
    trainer = ModelTrainer(
        sagemaker_session=session,
        training_image=job.image,
        role=job.role,
        compute=Compute(
            instance_type=job.instance_type, instance_count=job.instance_count, volume_size_in_gb=job.volume_gb
        ),
        networking=_networking(job),
        stopping_condition=StoppingCondition(max_runtime_in_seconds=job.max_runtime_seconds),
        output_data_config=OutputDataConfig(s3_output_path=job.output_uri, kms_key_id=job.output_kms_key),
        hyperparameters={name: _string(value) for name, value in job.hyperparameters.items()},
        environment=dict(job.environment),
        tags=[{"key": tag["Key"], "value": tag["Value"]} for tag in job.tags] or None,
    )
    # It names AWS's default, which says nothing and would change the key of every cached training.
    trainer.output_data_config.compression_type = None
    with sessions.telemetry_off(session):
        arguments = trainer.train(input_data_config=[_input(channel) for channel in channels])
    execute_job_functions(arguments)
    return dict(session.context.args)


def _networking(job: TrainingJob) -> Networking | None:
    if not job.subnets:
        return None
    return Networking(
        subnets=list(job.subnets),
        security_group_ids=list(job.security_groups),
        enable_inter_container_traffic_encryption=True,
    )


def _input(channel: Channel) -> InputData:
    source = S3DataSource(s3_data_type="S3Prefix", s3_uri=channel.uri, s3_data_distribution_type="FullyReplicated")
    return InputData(channel_name=channel.name, data_source=source, content_type=channel.content_type)


def _string(value: object) -> PipelineVariable | str:
    """Write a hyperparameter as AWS takes it, also where it is known at run time only."""
    return value.to_string() if isinstance(value, PipelineVariable) else str(value)


def _definition(request: Mapping[str, Any], ranges: Mapping[str, ParameterRange]) -> dict[str, Any]:
    """Make a training definition of a search from a training's request: the search has the tags, and what it ranges."""
    definition = {SEARCH_NAMES.get(name, name): value for name, value in request.items() if name != "Tags"}
    given = definition["StaticHyperParameters"]
    return definition | {"StaticHyperParameters": {name: given[name] for name in given if name not in ranges}}


def _ranges(ranges: Mapping[str, ParameterRange]) -> dict[str, list[dict[str, Any]]]:
    return {
        f"{kind.__name__}Ranges": [
            range_.as_tuning_range(name) for name, range_ in ranges.items() if isinstance(range_, kind)
        ]
        for kind in (CategoricalParameter, ContinuousParameter, IntegerParameter)
    }


def _replay(session: PipelineSession, caller: str, request: dict[str, Any]) -> _StepArguments:
    """Make a step's arguments of a request; the step asks for it, by the session, whenever it is written down."""
    return _StepArguments(caller, _Recording.repeat, _Recording(session, caller, request))


class _Recording:
    """What a step takes for the trainer or the tuner whose request it wants."""

    source_code = None  # what a step makes a hash of

    def __init__(self, session: PipelineSession, caller: str, request: dict[str, Any]) -> None:
        self.sagemaker_session = session
        self.caller = caller
        self.request = request

    def repeat(self) -> None:
        self.sagemaker_session.context = _JobStepArguments(self.caller, dict(self.request))
