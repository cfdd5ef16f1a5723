"""Pipelines around the built-in XGBoost as AWS's users write them with the SageMaker SDK. Prints JSON.

The first has the shape of AWS's best known sample: it prepares a table, trains, evaluates, and with a small enough
error makes a model, transforms with it and registers it; else it fails with a message. The second searches.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import boto3
from sagemaker import image_uris
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput, TransformInput
from sagemaker.model import Model
from sagemaker.model_metrics import MetricsSource, ModelMetrics
from sagemaker.parameter import ContinuousParameter, IntegerParameter
from sagemaker.processing import ProcessingInput, ProcessingOutput, ScriptProcessor
from sagemaker.sklearn.processing import SKLearnProcessor
from sagemaker.transformer import Transformer
from sagemaker.tuner import HyperparameterTuner
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionLessThanOrEqualTo
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.functions import Join, JsonGet
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterFloat, ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.steps import CacheConfig, ProcessingStep, TrainingStep, TransformStep, TuningStep

BUCKET = "shells"
ROLE = "arn:aws:iam::000000000000:role/shells"
ONE = {"instance_count": 1, "instance_type": "ml.m5.xlarge"}
CLOSED = {"disable_profiler": True, "debugger_hook_config": False}
CACHED = CacheConfig(enable_caching=True, expire_after="PT1H")


def main(*tables: str) -> None:
    """Run the first pipeline twice, with a threshold that is met and one that is not, and the second once."""
    session = PipelineSession(default_bucket=BUCKET)
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    for table in tables:
        boto3.client("s3").upload_file(table, BUCKET, f"raw/{table}")
    pipeline = build_shells(session)
    pipeline.upsert(role_arn=ROLE)
    found = {"met": run(pipeline), "missed": run(pipeline, Threshold=0.0)}
    search = build_search(session, found["met"]["prepared"])
    search.upsert(role_arn=ROLE)
    print(json.dumps({**found, "search": run(search)}))


def image(version: str) -> str:
    """The image of a version of the algorithm."""
    uri: str = image_uris.retrieve(
        "xgboost", "us-east-1", version=version, py_version="py3", instance_type="ml.m5.xlarge"
    )
    return uri


def build_shells(session: PipelineSession) -> Pipeline:
    """Prepare, train, evaluate; then a model, a transform job and a version, or a failure."""
    table = ParameterString("InputData", default_value=f"s3://{BUCKET}/raw/shells.csv")
    batch = ParameterString("BatchData", default_value=f"s3://{BUCKET}/raw/batch.csv")
    threshold = ParameterFloat("Threshold", default_value=6.0)
    prepare = _prepare(session, table)
    train = _train(session, prepare)
    evaluate, report = _evaluate(session, prepare, train)
    model = Model(
        image_uri=image("1.0-1"),
        model_data=train.properties.ModelArtifacts.S3ModelArtifacts,
        role=ROLE,
        sagemaker_session=session,
    )
    create = ModelStep("CreateModel", step_args=model.create(instance_type="ml.m5.large"))
    transformer = Transformer(
        model_name=create.properties.ModelName,
        output_path=f"s3://{BUCKET}/transformed",
        sagemaker_session=session,
        **ONE,
    )
    transform = TransformStep("Transform", transformer=transformer, inputs=TransformInput(data=batch))
    written = evaluate.arguments["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    statistics = MetricsSource(s3_uri=f"{written}/evaluation.json", content_type="application/json")
    register = ModelStep(
        "Register",
        step_args=model.register(
            content_types=["text/csv"],
            response_types=["text/csv"],
            inference_instances=["ml.m5.large"],
            transform_instances=["ml.m5.large"],
            model_package_group_name="shells",
            approval_status="Approved",
            model_metrics=ModelMetrics(model_statistics=statistics),
        ),
    )
    fail = FailStep("Fail", error_message=Join(on=" ", values=["The error is above", threshold]))
    error = JsonGet(step_name="Evaluate", property_file=report, json_path="regression_metrics.mse.value")
    check = ConditionStep(
        "Check",
        conditions=[ConditionLessThanOrEqualTo(left=error, right=threshold)],
        if_steps=[register, create, transform],
        else_steps=[fail],
    )
    steps = [prepare, train, evaluate, check]
    return Pipeline("Shells", parameters=[table, batch, threshold], steps=steps, sagemaker_session=session)


def _prepare(session: PipelineSession, table: ParameterString) -> ProcessingStep:
    processor = SKLearnProcessor(framework_version="1.2-1", role=ROLE, sagemaker_session=session, **ONE)
    outputs = [
        ProcessingOutput(output_name=name, source=f"/opt/ml/processing/{name}")
        for name in ("train", "validation", "test")
    ]
    given = [ProcessingInput(source=table, destination="/opt/ml/processing/input")]
    arguments = processor.run(inputs=given, outputs=outputs, code="prepare.py", arguments=["--parts", "3"])
    return ProcessingStep("Prepare", step_args=arguments, cache_config=CACHED)


def _channels(prepare: ProcessingStep) -> dict[str, TrainingInput]:
    outputs = prepare.properties.ProcessingOutputConfig.Outputs
    return {
        name: TrainingInput(s3_data=outputs[name].S3Output.S3Uri, content_type="text/csv")
        for name in ("train", "validation")
    }


def _train(session: PipelineSession, prepare: ProcessingStep) -> TrainingStep:
    estimator = Estimator(
        image_uri=image("1.0-1"),
        output_path=f"s3://{BUCKET}/trained",
        role=ROLE,
        sagemaker_session=session,
        **ONE,
        **CLOSED,
    )
    estimator.set_hyperparameters(
        objective="reg:linear", num_round=30, max_depth=5, eta=0.2, gamma=4, min_child_weight=6, subsample=0.7, silent=0
    )
    return TrainingStep("Train", step_args=estimator.fit(inputs=_channels(prepare)), cache_config=CACHED)


def _evaluate(
    session: PipelineSession, prepare: ProcessingStep, train: TrainingStep
) -> tuple[ProcessingStep, PropertyFile]:
    processor = ScriptProcessor(
        image_uri=image("1.0-1"), command=["python3"], role=ROLE, sagemaker_session=session, **ONE
    )
    test = prepare.properties.ProcessingOutputConfig.Outputs["test"].S3Output.S3Uri
    inputs = [
        ProcessingInput(
            source=train.properties.ModelArtifacts.S3ModelArtifacts, destination="/opt/ml/processing/model"
        ),
        ProcessingInput(source=test, destination="/opt/ml/processing/test"),
    ]
    outputs = [ProcessingOutput(output_name="evaluation", source="/opt/ml/processing/evaluation")]
    report = PropertyFile("Report", output_name="evaluation", path="evaluation.json")
    arguments = processor.run(inputs=inputs, outputs=outputs, code="evaluate.py")
    return ProcessingStep("Evaluate", step_args=arguments, property_files=[report], cache_config=CACHED), report


def build_search(session: PipelineSession, prepared: dict[str, str]) -> Pipeline:
    """A search whose objective is the algorithm's own metric, and a version of its best model."""
    estimator = Estimator(
        image_uri=image("1.7-1"),
        output_path=f"s3://{BUCKET}/searched",
        role=ROLE,
        sagemaker_session=session,
        hyperparameters={"num_round": "10", "objective": "reg:squarederror"},
        **ONE,
        **CLOSED,
    )
    tuner = HyperparameterTuner(
        estimator,
        objective_metric_name="validation:rmse",
        objective_type="Minimize",
        hyperparameter_ranges={"eta": ContinuousParameter(0.05, 0.5), "max_depth": IntegerParameter(2, 6)},
        max_jobs=2,
        max_parallel_jobs=2,
        strategy="Random",
    )
    inputs = {name: TrainingInput(s3_data=uri, content_type="csv") for name, uri in prepared.items() if name != "test"}
    search = TuningStep("Search", step_args=tuner.fit(inputs=inputs))
    best = Model(
        image_uri=image("1.7-1"),
        model_data=search.get_top_model_s3_uri(top_k=0, s3_bucket=BUCKET, prefix="searched"),
        role=ROLE,
        sagemaker_session=session,
    )
    create = ModelStep("CreateBest", step_args=best.create(instance_type="ml.m5.large"))
    return Pipeline("Search", steps=[search, create], sagemaker_session=session)


def run(pipeline: Pipeline, **parameters: Any) -> dict[str, Any]:
    """Start it, wait for its end, and tell how each step ended."""
    execution = pipeline.start(parameters=parameters)
    arn = execution.arn
    client = boto3.client("sagemaker")
    waiter: Any = execution
    try:
        waiter.wait(delay=1, max_attempts=120)
    except Exception as error:
        print(error, file=sys.stderr)
    described = client.describe_pipeline_execution(PipelineExecutionArn=arn)
    steps = {step["StepName"]: step for step in execution.list_steps()}
    outputs = {}
    if "Prepare" in steps:
        job = steps["Prepare"]["Metadata"]["ProcessingJob"]["Arn"].rsplit("/", 1)[1]
        found = client.describe_processing_job(ProcessingJobName=job)["ProcessingOutputConfig"]["Outputs"]
        outputs = {item["OutputName"]: item["S3Output"]["S3Uri"] for item in found}
    return {
        "status": described["PipelineExecutionStatus"],
        "reason": described.get("FailureReason", ""),
        "steps": {name: [step["StepStatus"], step.get("FailureReason", "")] for name, step in steps.items()},
        "metadata": {name: step.get("Metadata", {}) for name, step in steps.items()},
        "prepared": outputs,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
