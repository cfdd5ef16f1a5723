"""The SageMaker SDK 2: `Estimator`, `HyperparameterTuner` and `Model` write the requests."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker import image_uris
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.metadata_properties import MetadataProperties
from sagemaker.model import Model
from sagemaker.model_metrics import MetricsSource, ModelMetrics
from sagemaker.network import NetworkConfig
from sagemaker.parameter import CategoricalParameter, ContinuousParameter, IntegerParameter, ParameterRange
from sagemaker.processing import ProcessingInput, ProcessingOutput, Processor, ScriptProcessor
from sagemaker.tuner import HyperparameterTuner
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionGreaterThanOrEqualTo
from sagemaker.workflow.entities import PipelineVariable
from sagemaker.workflow.execution_variables import ExecutionVariables
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.functions import Join, JsonGet
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import Parameter, ParameterFloat, ParameterInteger, ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.retry import (
    RetryPolicy,
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.workflow.steps import CacheConfig, ProcessingStep, Step, TrainingStep, TuningStep

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


def open_session(region: str, bucket: str) -> PipelineSession:
    """Make a session that records requests."""
    return sessions.open_session(PipelineSession, region, bucket)


def describe(pipeline: Pipeline) -> dict[str, Any]:
    """Return the definition."""
    definition: dict[str, Any] = json.loads(pipeline.definition())
    return definition


def make_input(name: str, source: PipelineVariable, folder: str, distribution: str) -> ProcessingInput:
    """Bring an S3 prefix to a folder of a processing job's instances."""
    return ProcessingInput(input_name=name, source=source, destination=folder, s3_data_distribution_type=distribution)


def make_output(name: str, folder: str, destination: PipelineVariable) -> ProcessingOutput:
    """Bring a folder of a processing job to S3 when it ends."""
    return ProcessingOutput(output_name=name, source=folder, destination=destination)


def train(session: PipelineSession, job: TrainingJob, channels: Sequence[Channel]) -> Any:  # noqa: ANN401
    """Return a TrainingStep's arguments."""
    estimator = _estimator(session, job)
    with sessions.telemetry_off(session):
        return estimator.fit(_inputs(channels))


def tune(session: PipelineSession, search: Search, channels: Sequence[Channel]) -> Any:  # noqa: ANN401
    """Return a TuningStep's arguments."""
    tuner = HyperparameterTuner.create(
        estimator_dict={name: _estimator(session, job) for name, job in search.jobs.items()},
        objective_metric_name_dict=dict.fromkeys(search.jobs, search.objective),
        hyperparameter_ranges_dict={name: dict(search.ranges) for name in search.jobs},
        strategy=search.strategy,
        objective_type="Maximize",
        max_jobs=search.max_jobs,
        max_parallel_jobs=search.max_parallel_jobs,
        random_seed=search.seed,
        tags=list(search.tags) or None,
    )
    with sessions.telemetry_off(session):
        return tuner.fit({name: _inputs(channels) for name in search.jobs}, include_cls_metadata={})


def register(
    session: PipelineSession, package: Package, name: str, display_name: str, retries: list[RetryPolicy]
) -> Step:
    """Build the step that creates a model package."""
    model = Model(image_uri=package.image, model_data=package.artifact, role=package.role, sagemaker_session=session)
    arguments = model.register(
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
    step = ModelStep(name=name, step_args=arguments, retry_policies=retries).steps[0]
    # ModelStep adds "-RegisterModel" to any name that it is given.
    step.name = name
    step.display_name = display_name
    return step


def _estimator(session: PipelineSession, job: TrainingJob) -> Estimator:
    """Describe the job, without Debugger and profiler, which do not know the built-in algorithms."""
    return Estimator(
        image_uri=job.image,
        role=job.role,
        instance_count=job.instance_count,
        instance_type=job.instance_type,
        volume_size=job.volume_gb,
        output_kms_key=job.output_kms_key,
        max_run=job.max_runtime_seconds,
        input_mode="File",
        output_path=job.output_uri,
        sagemaker_session=session,
        hyperparameters=dict(job.hyperparameters),
        environment=dict(job.environment),
        tags=list(job.tags) or None,
        subnets=list(job.subnets) or None,
        security_group_ids=list(job.security_groups) or None,
        encrypt_inter_container_traffic=bool(job.subnets),
        debugger_hook_config=False,
        disable_profiler=True,
    )


def _inputs(channels: Sequence[Channel]) -> Mapping[str, TrainingInput]:
    return {
        channel.name: TrainingInput(channel.uri, content_type=channel.content_type, s3_data_type="S3Prefix")
        for channel in channels
    }
