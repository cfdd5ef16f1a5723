"""A pipeline with checks of its data and its model, as users of the SageMaker SDK write it. Prints JSON.

Its first run registers the baselines with its version; each later one is held against the latest approved version's.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import boto3
from botocore.exceptions import WaiterError
from sagemaker.drift_check_baselines import DriftCheckBaselines
from sagemaker.model import Model
from sagemaker.model_metrics import MetricsSource, ModelMetrics
from sagemaker.model_monitor import ModelQualityMonitor
from sagemaker.model_monitor.dataset_format import DatasetFormat
from sagemaker.session import Session
from sagemaker.workflow.check_job_config import CheckJobConfig
from sagemaker.workflow.execution_variables import ExecutionVariables
from sagemaker.workflow.functions import Join
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterBoolean, ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.quality_check_step import DataQualityCheckConfig, ModelQualityCheckConfig, QualityCheckStep

BUCKET = "checks"
ROLE = "arn:aws:iam::000000000000:role/checks"
GROUP = "checked"
FORMAT = DatasetFormat.csv(header=True)


def main() -> None:
    """Run the pipeline three times, and the SDK's monitor of a model once."""
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    for name in ("same.csv", "moved.csv"):
        s3.upload_file(name, BUCKET, f"data/{name}")
    s3.put_object(Bucket=BUCKET, Key="model.tar.gz", Body=b"a model")
    pipeline = build(PipelineSession(default_bucket=BUCKET))
    pipeline.upsert(role_arn=ROLE)
    found = {
        "first": run(pipeline, SkipCheck=True, RegisterNewBaseline=True),
        "same": run(pipeline),
        "moved": run(pipeline, Data=f"s3://{BUCKET}/data/moved.csv"),
    }
    suggested = suggest(Session(default_bucket=BUCKET))
    print()  # the SDK leaves a line of dots open
    print(json.dumps({**found, "suggested": suggested}))


def build(session: PipelineSession) -> Pipeline:
    """Both checks, then a version with what they calculated and used."""
    data = ParameterString("Data", default_value=f"s3://{BUCKET}/data/same.csv")
    options = [
        ParameterBoolean("SkipCheck", default_value=False),
        ParameterBoolean("RegisterNewBaseline", default_value=False),
    ]
    checked = [_check(session, "CheckData", data, options), _check(session, "CheckModel", data, options)]
    metrics: dict[str, MetricsSource] = {}
    baselines: dict[str, MetricsSource] = {}
    for prefix, step in zip(("model_data", "model"), checked, strict=True):
        for kind in ("Statistics", "Constraints"):
            name = f"{prefix}_{kind.lower()}"
            metrics[name] = _source(getattr(step.properties, f"CalculatedBaseline{kind}"))
            baselines[name] = _source(getattr(step.properties, f"BaselineUsedForDriftCheck{kind}"))
    model = Model(image_uri="own", model_data=f"s3://{BUCKET}/model.tar.gz", role=ROLE, sagemaker_session=session)
    register = ModelStep(
        "Register",
        step_args=model.register(
            content_types=["text/csv"],
            response_types=["text/csv"],
            inference_instances=["ml.m5.large"],
            transform_instances=["ml.m5.large"],
            model_package_group_name=GROUP,
            approval_status="Approved",
            model_metrics=ModelMetrics(**metrics),
            drift_check_baselines=DriftCheckBaselines(**baselines),
        ),
    )
    return Pipeline("Checks", parameters=[data, *options], steps=[*checked, register], sagemaker_session=session)


def _check(
    session: PipelineSession, name: str, data: ParameterString, options: list[ParameterBoolean]
) -> QualityCheckStep:
    place = Join(on="/", values=["s3:/", BUCKET, "checked", ExecutionVariables.PIPELINE_EXECUTION_ID, name])
    common: dict[str, Any] = {"baseline_dataset": data, "dataset_format": FORMAT, "output_s3_uri": place}
    config = (
        DataQualityCheckConfig(**common)
        if name == "CheckData"
        else ModelQualityCheckConfig(
            **common, problem_type="Regression", inference_attribute="guess", ground_truth_attribute="rings"
        )
    )
    skip, register = options
    return QualityCheckStep(
        name,
        quality_check_config=config,
        check_job_config=CheckJobConfig(role=ROLE, instance_type="ml.m5.large", sagemaker_session=session),
        skip_check=skip,
        register_new_baseline=register,
        model_package_group_name=GROUP,
    )


def _source(uri: Any) -> MetricsSource:
    return MetricsSource(s3_uri=uri, content_type="application/json")


def run(pipeline: Pipeline, **parameters: object) -> dict[str, Any]:
    """Run a pipeline to its end; what became of its steps, and what each check says."""
    execution = pipeline.start(parameters=parameters)
    with suppress(WaiterError):
        execution.wait(delay=1, max_attempts=60)
    steps = execution.list_steps()
    return {
        "statuses": {step["StepName"]: step["StepStatus"] for step in steps},
        "reasons": {step["StepName"]: step.get("FailureReason", "") for step in steps},
        "checks": {
            step["StepName"]: step["Metadata"]["QualityCheck"] for step in steps if "QualityCheck" in step["Metadata"]
        },
    }


def suggest(session: Session) -> list[dict[str, Any]]:
    """What the SDK's monitor suggests of the model, read by the SDK's own classes."""
    monitor = ModelQualityMonitor(role=ROLE, instance_type="ml.m5.large", sagemaker_session=session)
    monitor.suggest_baseline(
        baseline_dataset=f"s3://{BUCKET}/data/same.csv",
        dataset_format=FORMAT,
        problem_type="Regression",
        inference_attribute="guess",
        ground_truth_attribute="rings",
    )
    monitor.latest_baselining_job.wait(logs=False)
    return [monitor.baseline_statistics().body_dict, monitor.suggested_constraints().body_dict]


if __name__ == "__main__":
    main()
