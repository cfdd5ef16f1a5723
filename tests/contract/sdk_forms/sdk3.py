"""The SDK 3's step classes, each in a pipeline of its own: imported in its environment alone.

What a job is asked for comes from the SDK's own trainers and processors, and where those look for an account, from a
recorded request, as docs/sdk-v3.md has it: what the step makes of it is the SDK's.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
os.environ["SAGEMAKER_VALIDATE_ROLE"] = "false"

from sagemaker.core.clarify import BiasConfig, DataConfig
from sagemaker.core.lambda_helper import Lambda
from sagemaker.core.model_monitor import DatasetFormat
from sagemaker.core.workflow import conditions
from sagemaker.core.workflow.execution_variables import ExecutionVariable, ExecutionVariables
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterBoolean, ParameterFloat, ParameterInteger, ParameterString
from sagemaker.core.workflow.pipeline_context import (
    PipelineSession,
    _JobStepArguments,
    _ModelStepArguments,
    _StepArguments,
)
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow import check_job_config, clarify_check_step, quality_check_step
from sagemaker.mlops.workflow._utils import _RepackModelStep
from sagemaker.mlops.workflow.callback_step import CallbackOutput, CallbackOutputTypeEnum, CallbackStep
from sagemaker.mlops.workflow.cleanup_step import CleanupStep, S3CleanupSource
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.emr_serverless_step import EMRServerlessJobConfig, EMRServerlessStep
from sagemaker.mlops.workflow.emr_step import EMRStep, EMRStepConfig
from sagemaker.mlops.workflow.endpoint_step import EndpointConfigStep, EndpointStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.for_each_step import CurrentItem, ForEachStep
from sagemaker.mlops.workflow.function_step import step
from sagemaker.mlops.workflow.inference_component_step import InferenceComponentStep
from sagemaker.mlops.workflow.lambda_step import LambdaOutput, LambdaOutputTypeEnum, LambdaStep
from sagemaker.mlops.workflow.lineage_step import LineageStep
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.monitor_batch_transform_step import MonitorBatchTransformStep
from sagemaker.mlops.workflow.notebook_job_step import NotebookJobStep
from sagemaker.mlops.workflow.pipeline import Pipeline
from sagemaker.mlops.workflow.retry import (
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.mlops.workflow.step_dependency import StepDependency, TriggerCondition
from sagemaker.mlops.workflow.steps import (
    CacheConfig,
    JobStep,
    ProcessingStep,
    TrainingStep,
    TransformStep,
    TuningStep,
)

from pipelines.sdk import version3
from pipelines.sdk.jobs import Channel, Package, TrainingJob
from tests.contract.sdk_forms import found

PACKAGES = ("sagemaker.core.workflow", "sagemaker.mlops.workflow")
# Beside Step and StepCollection; AutoMLStep looks for a method that no session of the SDK 3 has.
ABSTRACT = ("CompiledStep", "ConfigurableRetryStep", "AutoMLStep")
QUEUE = "https://sqs.us-east-1.amazonaws.com/000000000000/q"
ONE = {"instance_count": 1, "instance_type": "ml.m5.large"}
CACHE = CacheConfig(enable_caching=True, expire_after="30d")
RETRIES = [
    StepRetryPolicy([StepExceptionTypeEnum.SERVICE_FAULT, StepExceptionTypeEnum.THROTTLING], max_attempts=3),
    SageMakerJobStepRetryPolicy(list(SageMakerJobExceptionTypeEnum), expire_after_mins=30),
]
SESSION = found.open_session(PipelineSession)
WORD = ParameterString("Word", "a")
PARAMETERS = [
    WORD,
    ParameterInteger("Count", 3),
    ParameterFloat("Rate", 0.5),
    ParameterBoolean("Chosen", default_value=True),
]
NOTEBOOK = Path(__file__).with_name("notebook.ipynb")
REPORT = PropertyFile("Report", "report", "report.json")


class _Recorded:
    """Stands for the trainer or search whose request a step wants."""

    source_code = None
    sagemaker_session = SESSION

    def __init__(self, caller: str, request: dict[str, Any]) -> None:
        self.caller = caller
        self.request = request

    def repeat(self) -> None:
        SESSION.context = _JobStepArguments(self.caller, dict(self.request))


def _recorded(caller: str, **request: Any) -> _StepArguments:
    return _StepArguments(caller, _Recorded.repeat, _Recorded(caller, request))


def _processing() -> list[Any]:
    processor = version3.ScriptProcessor(
        image_uri=found.IMAGE, command=["python3"], role=found.ROLE, sagemaker_session=SESSION, **ONE
    )
    arguments = processor.run(
        code="s3://bucket/code.py",
        inputs=[version3.make_input("in", "s3://bucket/in", "/opt/ml/processing/in", "FullyReplicated")],
        outputs=[version3.make_output("report", "/opt/ml/processing/out", "s3://bucket/out")],
        arguments=["--rate", "0.5"],
    )
    evaluate = ProcessingStep(
        "Evaluate", step_args=arguments, property_files=[REPORT], cache_config=CACHE, retry_policies=RETRIES
    )
    read = JsonGet("Evaluate", property_file=REPORT, json_path="a.b[0]['c']")
    gate = ConditionStep("Gate", conditions=[conditions.ConditionEquals(read, 1)], if_steps=[FailStep("No")])
    return [evaluate, gate]


def _training() -> list[Any]:
    job = TrainingJob(
        image=found.IMAGE,
        role=found.ROLE,
        volume_gb=30,
        max_runtime_seconds=60,
        output_uri="s3://bucket/out",
        output_kms_key=None,
        hyperparameters={"rate": 0.5},
        environment={},
        tags=[],
        subnets=[],
        security_groups=[],
        **ONE,
    )
    channels = [Channel("train", "s3://bucket/train", "text/csv")]
    arguments = version3.train(SESSION, job, channels)
    return [TrainingStep("Train", step_args=arguments, cache_config=CACHE, retry_policies=RETRIES)]


def _tuning() -> list[Any]:
    request = {
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 1},
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
            "ParameterRanges": {"ContinuousParameterRanges": [{"Name": "r", "MinValue": "0.1", "MaxValue": "0.5"}]},
        },
        "TrainingJobDefinition": {
            "AlgorithmSpecification": {
                "TrainingImage": found.IMAGE,
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
            },
            "RoleArn": found.ROLE,
            "OutputDataConfig": {"S3OutputPath": "s3://bucket/out"},
            "ResourceConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 30},
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        },
    }
    search = TuningStep("Search", step_args=_recorded("tune", **request))
    best = search.get_top_model_s3_uri(0, found.BUCKET)
    return [search, FailStep("Say", error_message=best)]


def _transform() -> list[Any]:
    request = {
        "ModelName": "made",
        "TransformInput": {
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://bucket/in"}},
            "ContentType": "text/csv",
            "SplitType": "Line",
        },
        "TransformOutput": {"S3OutputPath": "s3://bucket/out"},
        "TransformResources": {"InstanceCount": 1, "InstanceType": "ml.m5.large"},
    }
    return [TransformStep("Score", step_args=_recorded("transform", **request), cache_config=CACHE)]


def _model_steps() -> list[Any]:
    package = Package(
        group="group",
        image=found.IMAGE,
        artifact="s3://bucket/model.tar.gz",
        role=found.ROLE,
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
        approval_status="PendingManualApproval",
        statistics_uri="s3://bucket/statistics.json",
        origin={},
        model_card="{}",
        metadata={"commit": "a"},
        input_shape=None,
        domain=None,
        task=None,
        kms_key=None,
    )
    registered = version3.register(SESSION, package, "Register", "Register it", RETRIES[:1])
    request = {
        "PrimaryContainer": {"Image": found.IMAGE, "ModelDataUrl": "s3://bucket/model.tar.gz"},
        "ExecutionRoleArn": found.ROLE,
    }
    created = _ModelStepArguments(_Recorded("create_model", {}))
    created.caller_name = "create_model"
    created.create_model_request = request
    return [ModelStep("Create", step_args=created), registered]


def _endpoint() -> list[Any]:
    variants = [{"VariantName": "live", "ModelName": "made", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}]
    arguments = SESSION.create_endpoint_config("config", production_variants=variants)
    config = EndpointConfigStep("Config", step_args=arguments)
    name = config.properties.EndpointConfigName
    return [config, EndpointStep("Serve", step_args=SESSION.create_endpoint("served", name))]


def _inference_component() -> list[Any]:
    arguments = SESSION.create_inference_component("component", "served", "live", {"ModelName": "made"})
    return [InferenceComponentStep("Component", step_args=arguments)]


def _lineage() -> list[Any]:
    request = {"ActionName": "run", "ActionType": "ModelTraining", "Source": {"SourceUri": "s3://bucket/run"}}
    return [LineageStep("Record", actions=[_JobStepArguments("create_action", request)])]


def _lambda() -> list[Any]:
    function = Lambda(function_arn="arn:aws:lambda:us-east-1:000000000000:function:f", session=SESSION)
    outputs = [LambdaOutput(kind.name, kind) for kind in LambdaOutputTypeEnum]
    call = LambdaStep("Call", function, inputs={"number": 1}, outputs=outputs, cache_config=CACHE)
    return [call, FailStep("Say", error_message=call.properties.Outputs["String"])]


def _callback() -> list[Any]:
    outputs = [CallbackOutput(kind.name, kind) for kind in CallbackOutputTypeEnum]
    ask = CallbackStep("Ask", QUEUE, {"a": 1}, outputs)
    equal = conditions.ConditionEquals(ask.properties.Outputs["Integer"], 1)
    gate = ConditionStep("Gate", conditions=[equal], if_steps=[FailStep("No")])
    return [ask, gate, CallbackStep("Again", QUEUE, {"a": outputs[0]}, [])]


def _function() -> list[Any]:
    settings = {"role": found.ROLE, "image_uri": found.IMAGE, "instance_type": "ml.m5.large"}

    @step(name="make", **settings)  # type: ignore[untyped-decorator]
    def make() -> tuple[int, int]:
        return 3, 4

    @step(name="add", **settings)  # type: ignore[untyped-decorator]
    def add(first: int, second: int) -> int:
        return first + second

    made = make()
    return [add(made[0], made[1])]


def _job_config() -> Any:
    return check_job_config.CheckJobConfig(role=found.ROLE, sagemaker_session=SESSION, **ONE)


def _data_quality() -> Any:
    return quality_check_step.DataQualityCheckConfig(
        baseline_dataset="s3://bucket/data.csv",
        dataset_format=DatasetFormat.csv(header=True),
        output_s3_uri="s3://bucket/checked",
    )


def _quality_check() -> list[Any]:
    return [
        quality_check_step.QualityCheckStep(
            "Check",
            quality_check_config=_data_quality(),
            check_job_config=_job_config(),
            skip_check=True,
            register_new_baseline=True,
            model_package_group_name="group",
        )
    ]


def _clarify() -> list[Any]:
    data = DataConfig("s3://bucket/data.csv", "s3://bucket/out", label="y", headers=["x", "y"], dataset_type="text/csv")
    config = clarify_check_step.DataBiasCheckConfig(
        data_config=data, data_bias_config=BiasConfig([1], "x"), methods=["CI"]
    )
    return [clarify_check_step.ClarifyCheckStep("Clarify", clarify_check_config=config, check_job_config=_job_config())]


def _monitored() -> list[Any]:
    monitored = MonitorBatchTransformStep(
        "Monitored",
        transform_step_args=_transform()[0].step_args,
        monitor_configuration=_data_quality(),
        check_job_configuration=_job_config(),
    )
    return list(monitored.steps)  # its Pipeline takes no collections


def _emr() -> list[Any]:
    return [EMRStep("Spark", "Spark", "", "j-1", EMRStepConfig(jar="s3://b/a.jar"), cache_config=CACHE)]


def _emr_serverless() -> list[Any]:
    job = EMRServerlessJobConfig({"sparkSubmit": {"entryPoint": "s3://b/a.py"}}, found.ROLE)
    return [EMRServerlessStep("Serverless", "Serverless", "", job, application_id="a1")]


def _repacked() -> list[Any]:
    return [
        _RepackModelStep("Repack", SESSION, found.ROLE, model_data="s3://bucket/model.tar.gz", entry_point=__file__)
    ]


def _notebook() -> list[Any]:
    return [
        NotebookJobStep(
            name="Book",
            input_notebook=str(NOTEBOOK),
            image_uri=found.IMAGE,
            kernel_name="python3",
            role=found.ROLE,
            instance_type="ml.m5.large",
        )
    ]


def _job() -> list[Any]:
    request = {"JobName": "j", "RoleArn": found.ROLE, "JobCategory": "C", "JobConfigDocument": {"a": WORD}}
    return [JobStep("Job", step_args=_recorded("create_job", **request))]


def _for_each() -> list[Any]:
    body = CallbackStep("Each", QUEUE, {"item": CurrentItem()}, [])
    return [ForEachStep("All", iterable_items=["a", "b"], max_concurrency=2, for_each_body=[body])]


def _cleanup() -> list[Any]:
    trained = _training()
    return [*trained, CleanupStep("Clean", [S3CleanupSource(trained[0])])]


def _condition() -> list[Any]:
    return [ConditionStep("Gate", conditions=[conditions.ConditionEquals(WORD, "a")], if_steps=[FailStep("No")])]


def _fail() -> list[Any]:
    return [FailStep("Stop", error_message="said", display_name="Stop it", description="ends")]


WRITTEN: dict[str, Callable[[], list[Any]]] = {
    "CallbackStep": _callback,
    "ClarifyCheckStep": _clarify,
    "CleanupStep": _cleanup,
    "ConditionStep": _condition,
    "EMRServerlessStep": _emr_serverless,
    "EMRStep": _emr,
    "EndpointConfigStep": _endpoint,
    "EndpointStep": _endpoint,
    "FailStep": _fail,
    "ForEachStep": _for_each,
    "InferenceComponentStep": _inference_component,
    "JobStep": _job,
    "LambdaStep": _lambda,
    "LineageStep": _lineage,
    "ModelStep": _model_steps,
    "MonitorBatchTransformStep": _monitored,
    "NotebookJobStep": _notebook,
    "ProcessingStep": _processing,
    "QualityCheckStep": _quality_check,
    "TrainingStep": _training,
    "TransformStep": _transform,
    "TuningStep": _tuning,
    "_FunctionStep": _function,
    "_RepackModelStep": _repacked,
}
# By the class that makes an entry of `depends_on`; a plain name is what an entry without it is.
DEPENDENCIES = {trigger.value: trigger for trigger in TriggerCondition}


def _gate(*given: Any) -> list[Any]:
    return [ConditionStep("Gate", conditions=list(given), if_steps=[FailStep("No")], else_steps=[])]


def list_conditions() -> dict[str, list[Any]]:
    """A step with each class of condition."""
    count = PARAMETERS[1]
    equal = conditions.ConditionEquals(count, 3)
    return {
        "ConditionEquals": _gate(equal),
        "ConditionGreaterThan": _gate(conditions.ConditionGreaterThan(count, 3)),
        "ConditionGreaterThanOrEqualTo": _gate(conditions.ConditionGreaterThanOrEqualTo(count, 3)),
        "ConditionIn": _gate(conditions.ConditionIn(count, [1, 2])),
        "ConditionLessThan": _gate(conditions.ConditionLessThan(count, 3)),
        "ConditionLessThanOrEqualTo": _gate(conditions.ConditionLessThanOrEqualTo(count, 3)),
        "ConditionNot": _gate(conditions.ConditionNot(equal)),
        "ConditionOr": _gate(conditions.ConditionOr([conditions.ConditionNot(equal), equal])),
    }


def _write(steps: list[Any]) -> str:
    return found.write(Pipeline("written", steps=steps, parameters=PARAMETERS, sagemaker_session=SESSION))


def _joined() -> list[Any]:
    place = Join(on="/", values=["s3://bucket", ExecutionVariables.PIPELINE_EXECUTION_ID, "results.json"])
    read = JsonGet(s3_uri=place, json_path="accuracy", step_name="Stop")
    said = Join(on="/", values=[*PARAMETERS, True, 1.5, ExecutionVariables.START_DATETIME])
    return [*_gate(conditions.ConditionGreaterThan(read, 0.5)), FailStep("Stop", error_message=said)]


def _depending(trigger: TriggerCondition) -> list[Any]:
    ask = CallbackStep("Ask", QUEUE, {}, [])
    return [ask, CallbackStep("Then", QUEUE, {}, [], depends_on=[StepDependency(ask, trigger)])]


def write_all() -> dict[str, Any]:
    """The classes that the SDK has, and what is written with each."""
    classes = found.list_classes(*PACKAGES)
    steps = [name for name in found.list_subclasses(classes, "Step", "StepCollection") if name not in ABSTRACT]
    variables = [item.name for item in vars(ExecutionVariables).values() if isinstance(item, ExecutionVariable)]
    return {
        "classes": {
            "steps": steps,
            "conditions": found.list_subclasses(classes, "Condition", "ConditionComparison"),
            "variables": sorted(variables),
        },
        "steps": {name: _write(build()) for name, build in WRITTEN.items()},
        "conditions": {name: _write(built) for name, built in list_conditions().items()},
        "functions": _write(_joined()),
        "dependencies": {name: _write(_depending(trigger)) for name, trigger in DEPENDENCIES.items()},
    }
