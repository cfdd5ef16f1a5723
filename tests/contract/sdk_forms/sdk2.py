"""The SDK 2's step classes, each in a pipeline of its own: `WRITTEN` has a function for each that builds its steps."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from sagemaker import AutoML, Model, ModelMetrics
from sagemaker.automl.automl import AutoMLInput
from sagemaker.clarify import BiasConfig, DataConfig
from sagemaker.estimator import Estimator
from sagemaker.inputs import CreateModelInput, TrainingInput, TransformInput
from sagemaker.lambda_helper import Lambda
from sagemaker.lineage.action import Action
from sagemaker.model_metrics import MetricsSource
from sagemaker.model_monitor import DatasetFormat
from sagemaker.processing import ProcessingInput, ProcessingOutput, ScriptProcessor
from sagemaker.pytorch import PyTorchModel
from sagemaker.transformer import Transformer
from sagemaker.tuner import ContinuousParameter, HyperparameterTuner
from sagemaker.workflow import check_job_config, clarify_check_step, quality_check_step
from sagemaker.workflow.automl_step import AutoMLStep
from sagemaker.workflow.callback_step import CallbackOutput, CallbackOutputTypeEnum, CallbackStep
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionEquals
from sagemaker.workflow.emr_step import EMRStep, EMRStepConfig
from sagemaker.workflow.endpoint_step import EndpointConfigStep, EndpointStep
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.function_step import step
from sagemaker.workflow.functions import JsonGet
from sagemaker.workflow.inference_component_step import InferenceComponentStep
from sagemaker.workflow.lambda_step import LambdaOutput, LambdaOutputTypeEnum, LambdaStep
from sagemaker.workflow.lineage_step import LineageStep
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.monitor_batch_transform_step import MonitorBatchTransformStep
from sagemaker.workflow.notebook_job_step import NotebookJobStep
from sagemaker.workflow.parameters import ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.retry import (
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.workflow.step_collections import EstimatorTransformer, RegisterModel
from sagemaker.workflow.steps import (
    CacheConfig,
    CreateModelStep,
    ProcessingStep,
    TrainingStep,
    TransformStep,
    TuningStep,
)

from tests.contract.sdk_forms import found

PACKAGE = "sagemaker.workflow"
ABSTRACT = ("CompiledStep", "ConfigurableRetryStep")  # beside Step and StepCollection
ONE = {"instance_count": 1, "instance_type": "ml.m5.large"}
CACHE = CacheConfig(enable_caching=True, expire_after="30d")
RETRIES = [
    StepRetryPolicy([StepExceptionTypeEnum.SERVICE_FAULT, StepExceptionTypeEnum.THROTTLING], max_attempts=3),
    SageMakerJobStepRetryPolicy(list(SageMakerJobExceptionTypeEnum), expire_after_mins=30),
]


SESSION = found.open_session(PipelineSession)
WORD = ParameterString("Word", "a")
SCRIPT = Path(__file__)
NOTEBOOK = SCRIPT.with_name("notebook.ipynb")
REPORT = PropertyFile("Report", "report", "report.json")


def _processing() -> list[Any]:
    processor = ScriptProcessor(
        image_uri=found.IMAGE, command=["python3"], role=found.ROLE, sagemaker_session=SESSION, **ONE
    )
    arguments = processor.run(
        code="s3://bucket/code.py",
        inputs=[ProcessingInput("s3://bucket/in", "/opt/ml/processing/in")],
        outputs=[ProcessingOutput(output_name="report", source="/opt/ml/processing/out")],
        arguments=["--rate", "0.5"],
    )
    evaluate = ProcessingStep(
        "Evaluate", step_args=arguments, property_files=[REPORT], cache_config=CACHE, retry_policies=RETRIES
    )
    read = JsonGet("Evaluate", property_file=REPORT, json_path="a.b[0]['c']")
    gate = ConditionStep("Gate", conditions=[ConditionEquals(read, 1)], if_steps=[FailStep("No")])
    return [evaluate, gate]


def _estimator(**given: Any) -> Estimator:
    return Estimator(image_uri=found.IMAGE, role=found.ROLE, sagemaker_session=SESSION, **ONE, **given)


def _training() -> list[Any]:
    channels = {"train": TrainingInput("s3://bucket/train")}
    return [
        TrainingStep("Train", step_args=_estimator().fit(channels), cache_config=CACHE, retry_policies=RETRIES),
    ]


def _tuning() -> list[Any]:
    metrics = [{"Name": "loss", "Regex": "loss=([0-9.]+)"}]
    tuner = HyperparameterTuner(
        _estimator(metric_definitions=metrics),
        "loss",
        {"rate": ContinuousParameter(0.1, 0.5)},
        metrics,
        objective_type="Minimize",
        max_jobs=2,
    )
    search = TuningStep("Search", step_args=tuner.fit({"train": TrainingInput("s3://bucket/train")}))
    best = Model(found.IMAGE, search.get_top_model_s3_uri(0, found.BUCKET), role=found.ROLE, sagemaker_session=SESSION)
    return [search, ModelStep("Best", step_args=best.create("ml.m5.large"))]


def _transform() -> list[Any]:
    transformer = Transformer("made", 1, "ml.m5.large", output_path="s3://bucket/out", sagemaker_session=SESSION)
    arguments = transformer.transform("s3://bucket/in", content_type="text/csv", split_type="Line")
    return [TransformStep("Score", step_args=arguments, cache_config=CACHE)]


def _model(**given: Any) -> Model:
    return Model(
        image_uri=found.IMAGE,
        model_data="s3://bucket/model.tar.gz",
        role=found.ROLE,
        sagemaker_session=SESSION,
        **given,
    )


def _model_steps() -> list[Any]:
    metrics = ModelMetrics(model_statistics=MetricsSource("application/json", "s3://bucket/statistics.json"))
    registered = _model().register(
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
        model_package_group_name="group",
        approval_status="PendingManualApproval",
        model_metrics=metrics,
    )
    return [
        ModelStep("Create", step_args=_model().create("ml.m5.large")),
        ModelStep("Register", step_args=registered),
    ]


def _register() -> list[Any]:
    return [
        RegisterModel(
            "Register",
            content_types=["text/csv"],
            response_types=["text/csv"],
            inference_instances=["ml.m5.large"],
            transform_instances=["ml.m5.large"],
            model_package_group_name="group",
            model=_model(),
        )
    ]


def _repacked() -> list[Any]:
    """A model whose script goes into the artifact, by a training job that the SDK adds."""
    model = PyTorchModel(
        model_data=WORD,
        role=found.ROLE,
        entry_point=str(SCRIPT),
        framework_version="2.3",
        py_version="py311",
        sagemaker_session=SESSION,
    )
    registered = model.register(
        model_package_group_name="group",
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=["ml.m5.large"],
        transform_instances=["ml.m5.large"],
    )
    return [ModelStep("Repacked", step_args=registered)]


def _endpoint() -> list[Any]:
    variants = [{"VariantName": "live", "ModelName": "made", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}]
    config = EndpointConfigStep(
        "Config", step_args=SESSION.create_endpoint_config("config", production_variants=variants)
    )
    name = config.properties.EndpointConfigName
    return [config, EndpointStep("Serve", step_args=SESSION.create_endpoint("served", name))]


def _endpoint_config() -> list[Any]:
    return _endpoint()[:1]


def _inference_component() -> list[Any]:
    arguments = SESSION.create_inference_component("component", "served", "live", {"ModelName": "made"})
    return [InferenceComponentStep("Component", step_args=arguments)]


def _lineage() -> list[Any]:
    action = Action.create(
        action_name="run",
        source_uri="s3://bucket/run",
        source_type="S3ETag",
        action_type="ModelTraining",
        sagemaker_session=SESSION,
    )
    return [LineageStep("Record", actions=[action])]


def _lambda() -> list[Any]:
    function = Lambda(function_arn="arn:aws:lambda:us-east-1:000000000000:function:f", session=SESSION)
    outputs = [LambdaOutput(kind.name, kind) for kind in LambdaOutputTypeEnum]
    call = LambdaStep("Call", function, inputs={"number": 1}, outputs=outputs, cache_config=CACHE)
    return [call, FailStep("Say", error_message=call.properties.Outputs["String"])]


def _callback() -> list[Any]:
    outputs = [CallbackOutput(kind.name, kind) for kind in CallbackOutputTypeEnum]
    ask = CallbackStep("Ask", "https://sqs.us-east-1.amazonaws.com/000000000000/q", {"a": 1}, outputs)
    reads = ask.properties.Outputs
    gate = ConditionStep("Gate", conditions=[ConditionEquals(reads["Integer"], 1)], if_steps=[FailStep("No")])
    # Another step takes the output itself, as the SDK's integration tests have it.
    again = CallbackStep("Again", "https://sqs.us-east-1.amazonaws.com/000000000000/q", {"a": outputs[0]}, [])
    return [ask, gate, again]


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


def _quality_check(cls: Any = quality_check_step.DataQualityCheckConfig, **given: Any) -> list[Any]:
    config = cls(
        baseline_dataset="s3://bucket/data.csv",
        dataset_format=DatasetFormat.csv(header=True),
        output_s3_uri="s3://bucket/checked",
        **given,
    )
    return [
        quality_check_step.QualityCheckStep(
            "Check",
            quality_check_config=config,
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
    return [
        clarify_check_step.ClarifyCheckStep(
            "Clarify",
            clarify_check_config=config,
            check_job_config=_job_config(),
            skip_check=True,
            register_new_baseline=True,
        )
    ]


def _monitored() -> list[Any]:
    transformer = Transformer("made", 1, "ml.m5.large", output_path="s3://bucket/out", sagemaker_session=SESSION)
    config = quality_check_step.DataQualityCheckConfig(
        baseline_dataset="s3://bucket/data.csv", dataset_format=DatasetFormat.csv(), output_s3_uri="s3://bucket/checked"
    )
    return [
        MonitorBatchTransformStep(
            "Monitored",
            transform_step_args=transformer.transform("s3://bucket/in"),
            monitor_configuration=config,
            check_job_configuration=_job_config(),
            fail_on_violation=False,
        )
    ]


def _automl() -> list[Any]:
    automl = AutoML(
        found.ROLE,
        "y",
        mode="ENSEMBLING",
        problem_type="Regression",
        job_objective={"MetricName": "MSE"},
        output_path="s3://bucket/out",
        sagemaker_session=SESSION,
    )
    data = AutoMLInput("s3://bucket/in", "y", channel_type="training")
    return [AutoMLStep("Pick", step_args=automl.fit(inputs=[data]))]


def _emr() -> list[Any]:
    return [EMRStep("Spark", "Spark", "", "j-1", EMRStepConfig(jar="s3://b/a.jar"), cache_config=CACHE)]


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


def _fail() -> list[Any]:
    return [FailStep("Stop", error_message="said", display_name="Stop it", description="ends")]


def _condition() -> list[Any]:
    gate = ConditionStep("Gate", conditions=[ConditionEquals(WORD, "a")], if_steps=[FailStep("No")], else_steps=[])
    return [gate]


def _transformed() -> list[Any]:
    return [
        EstimatorTransformer(
            "Both",
            estimator=_estimator(),
            model_data="s3://bucket/model.tar.gz",
            model_inputs=CreateModelInput(instance_type="ml.m5.large"),
            instance_count=1,
            instance_type="ml.m5.large",
            transform_inputs=TransformInput(data="s3://bucket/in"),
            output_path="s3://bucket/out",
        )
    ]


def _create_model() -> list[Any]:
    return [CreateModelStep("Create", model=_model(), inputs=CreateModelInput(instance_type="ml.m5.large"))]


WRITTEN: dict[str, Callable[[], list[Any]]] = {
    "AutoMLStep": _automl,
    "CallbackStep": _callback,
    "ClarifyCheckStep": _clarify,
    "ConditionStep": _condition,
    "CreateModelStep": _create_model,
    "EMRStep": _emr,
    "EndpointConfigStep": _endpoint_config,
    "EndpointStep": _endpoint,
    "EstimatorTransformer": _transformed,
    "FailStep": _fail,
    "InferenceComponentStep": _inference_component,
    "LambdaStep": _lambda,
    "LineageStep": _lineage,
    "ModelStep": _model_steps,
    "MonitorBatchTransformStep": _monitored,
    "NotebookJobStep": _notebook,
    "ProcessingStep": _processing,
    "QualityCheckStep": _quality_check,
    "RegisterModel": _register,
    "TrainingStep": _training,
    "TransformStep": _transform,
    "TuningStep": _tuning,
    "_FunctionStep": _function,
    "_RegisterModelStep": _register,
    "_RepackModelStep": _repacked,
}


def list_steps() -> list[str]:
    """The classes of steps that the SDK has."""
    names = found.list_subclasses(found.list_classes(PACKAGE), "Step", "StepCollection")
    return [name for name in names if name not in ABSTRACT]


def write(name: str) -> str:
    """The definition with the steps of one class."""
    return found.write(Pipeline(name, steps=WRITTEN[name](), parameters=[WORD], sagemaker_session=SESSION))
