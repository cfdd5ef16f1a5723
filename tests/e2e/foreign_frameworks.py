"""A pipeline of frameworks as somebody else writes it with the SageMaker SDK: a processor with a source folder, a
script that is trained, a function as a step with a condition on what it returns, and a PyTorch model that is packed
anew with its inference code. Works in the folder that holds `source/`. Prints JSON.
"""

from __future__ import annotations

import json
from contextlib import suppress

import boto3
from botocore.exceptions import WaiterError
from sagemaker.analytics import TrainingJobAnalytics
from sagemaker.inputs import TrainingInput
from sagemaker.processing import FrameworkProcessor, ProcessingInput, ProcessingOutput
from sagemaker.pytorch import PyTorchModel
from sagemaker.remote_function import remote
from sagemaker.session import Session
from sagemaker.sklearn import SKLearn
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionGreaterThanOrEqualTo
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.function_step import step
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.steps import ProcessingStep, TrainingStep

ROLE = "arn:aws:iam::000000000000:role/framework-jobs"
BUCKET = "frameworks-bucket"
IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/frameworks:1"


@step(name="Judge", role=ROLE, image_uri=IMAGE, instance_type="ml.m5.large", keep_alive_period_in_seconds=0)
def judge(model: str, least: int) -> dict[str, object]:
    """Judge a model by its address; runs in a job."""
    return {"model": {"good": model.endswith("model.tar.gz"), "score": [least, 0.75]}}


@remote(role=ROLE, image_uri=IMAGE, instance_type="ml.m5.large", sagemaker_session=Session(default_bucket=BUCKET))
def double(numbers: list[int]) -> list[int]:
    """Double numbers; runs in a job."""
    return [2 * number for number in numbers]


def main() -> None:
    """Build, upsert, start, wait and report."""
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    session = PipelineSession(default_bucket=BUCKET)
    pipeline = build(session)
    pipeline.upsert(role_arn=ROLE)
    execution = pipeline.start()
    doubled = double([1, 2])
    with suppress(WaiterError):  # it failed: the report says why
        execution.wait(delay=1, max_attempts=300)
    report(execution, doubled)


def build(session: PipelineSession) -> Pipeline:
    """Process, train, judge, and register where it is good."""
    on_one = {"role": ROLE, "instance_count": 1, "instance_type": "ml.m5.large", "sagemaker_session": session}
    processor = FrameworkProcessor(estimator_cls=SKLearn, framework_version="1.2-1", image_uri=IMAGE, **on_one)
    processed = processor.run(
        code="process.py",
        source_dir="source",
        arguments=["--rows", "3"],
        inputs=[ProcessingInput(source="raw.csv", destination="/opt/ml/processing/input/raw", input_name="raw")],
        outputs=[ProcessingOutput(output_name="rows", source="/opt/ml/processing/rows")],
    )
    process = ProcessingStep("Process", step_args=processed)
    estimator = SKLearn(
        entry_point="train.py",
        source_dir="source",
        framework_version="1.2-1",
        image_uri=IMAGE,
        hyperparameters={"rate": 0.25, "names": "a b"},
        metric_definitions=[{"Name": "loss", "Regex": "loss=([0-9.]+);"}],
        checkpoint_s3_uri=f"s3://{BUCKET}/checkpoints",
        # The SDK hooks Debugger in by default, which is closed to an account of today.
        debugger_hook_config=False,
        disable_profiler=True,
        **on_one,
    )
    rows = process.properties.ProcessingOutputConfig.Outputs["rows"].S3Output.S3Uri
    train = TrainingStep("Train", step_args=estimator.fit({"train": TrainingInput(rows)}))
    judged = judge(train.properties.ModelArtifacts.S3ModelArtifacts, 1)
    model = PyTorchModel(
        entry_point="inference.py",
        source_dir="source",
        model_data=train.properties.ModelArtifacts.S3ModelArtifacts,
        role=ROLE,
        framework_version="2.3",
        py_version="py311",
        sagemaker_session=session,
    )
    register = ModelStep(
        "Register",
        step_args=model.register(
            content_types=["text/csv"],
            response_types=["text/csv"],
            inference_instances=["ml.m5.large"],
            model_package_group_name="framework-models",
        ),
        repack_model_step_settings={"debugger_hook_config": False},
    )
    gate = ConditionStep(
        "Gate",
        conditions=[ConditionGreaterThanOrEqualTo(judged["model"]["score"][1], 0.75)],
        if_steps=[register],
        else_steps=[FailStep("TooBad", error_message="the model is too bad")],
    )
    return Pipeline("frameworks", steps=[process, train, judged, gate], sagemaker_session=session)


def report(execution: object, doubled: list[int]) -> None:
    """Print what the execution did."""
    steps = {item["StepName"]: item for item in execution.list_steps()}  # type: ignore[attr-defined]
    said: dict[str, object] = {
        "steps": {name: (item["StepStatus"], item.get("FailureReason")) for name, item in steps.items()},
        "doubled": doubled,
    }
    if all(item["StepStatus"] == "Succeeded" for item in steps.values()):
        sagemaker = boto3.client("sagemaker")
        # An ARN has a job's name in small letters.
        lowered = steps["Train"]["Metadata"]["TrainingJob"]["Arn"].rsplit("/", 1)[1]
        name = sagemaker.describe_training_job(TrainingJobName=lowered)["TrainingJobName"]
        curve = TrainingJobAnalytics(name, sagemaker_session=Session(default_bucket=BUCKET)).dataframe()
        said["curve"] = curve[["metric_name", "value"]].to_numpy().tolist()
        registered = steps["Register-RegisterModel"]["Metadata"]["RegisterModel"]["Arn"]
        package = sagemaker.describe_model_package(ModelPackageName=registered)
        said["model"] = package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    print(json.dumps(said))


if __name__ == "__main__":
    main()
