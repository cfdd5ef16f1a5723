"""A pipeline as somebody else writes it with the SageMaker SDK, knowing nothing of this project. Prints JSON."""

from __future__ import annotations

import json
import sys

import boto3
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.lambda_helper import Lambda
from sagemaker.model import Model
from sagemaker.processing import ProcessingOutput, ScriptProcessor
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionGreaterThan
from sagemaker.workflow.functions import JsonGet
from sagemaker.workflow.lambda_step import LambdaOutput, LambdaOutputTypeEnum, LambdaStep
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterFloat, ParameterInteger
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.steps import ProcessingStep, TrainingStep

ROLE = "arn:aws:iam::000000000000:role/somebody-elses-role"
BUCKET = "somebody-elses-bucket"


def main(function: str) -> None:
    """Build, upsert twice, start, wait and report."""
    boto3.client("s3").create_bucket(Bucket=BUCKET)
    session = PipelineSession(default_bucket=BUCKET)
    pipeline = build(session, function)
    pipeline.upsert(role_arn=ROLE)
    pipeline.upsert(role_arn=ROLE)
    execution = pipeline.start(parameters={"Scale": 2.0})
    execution.wait(delay=1, max_attempts=120)
    report(execution)


def build(session: PipelineSession, function: str) -> Pipeline:
    """Prepare, train, a Lambda, and a condition that registers."""
    scale = ParameterFloat("Scale", default_value=1.0)
    number = ParameterInteger("Number", default_value=3)
    facts = PropertyFile("Facts", "numbers", "facts.json")
    processor = ScriptProcessor(
        image_uri="000000000000.dkr.ecr.us-east-1.amazonaws.com/any:1",
        command=["python3"],
        role=ROLE,
        instance_count=1,
        instance_type="ml.m5.large",
        sagemaker_session=session,
    )
    output = ProcessingOutput(output_name="numbers", source="/opt/ml/processing/output")
    prepare = ProcessingStep(
        "Prepare", step_args=processor.run(code="prepare.py", outputs=[output]), property_files=[facts]
    )
    estimator = Estimator(
        image_uri="000000000000.dkr.ecr.us-east-1.amazonaws.com/any:1",
        entry_point="train.py",
        source_dir=".",
        # The SDK hooks Debugger in by default, which is closed to an account of today.
        debugger_hook_config=False,
        disable_profiler=True,
        role=ROLE,
        instance_count=1,
        instance_type="ml.m5.large",
        hyperparameters={"scale": scale},
        metric_definitions=[{"Name": "loss", "Regex": "loss=([0-9.]+);"}],
        sagemaker_session=session,
    )
    numbers = prepare.properties.ProcessingOutputConfig.Outputs["numbers"].S3Output.S3Uri
    train = TrainingStep("Train", step_args=estimator.fit({"train": TrainingInput(numbers)}))
    double = LambdaStep(
        "Double",
        lambda_func=Lambda(function_arn=function, session=session),
        inputs={"number": number},
        outputs=[LambdaOutput("doubled", LambdaOutputTypeEnum.Integer)],
    )
    model = Model(
        image_uri=estimator.image_uri,
        model_data=train.properties.ModelArtifacts.S3ModelArtifacts,
        role=ROLE,
        sagemaker_session=session,
    )
    register = ModelStep(
        "Register",
        step_args=model.register(
            content_types=["text/csv"],
            response_types=["text/csv"],
            inference_instances=["ml.m5.large"],
            transform_instances=["ml.m5.large"],
            model_package_group_name="somebody-elses-models",
        ),
    )
    count = JsonGet(step_name="Prepare", property_file=facts, json_path="rows.count")
    check = ConditionStep("Check", conditions=[ConditionGreaterThan(count, 2)], if_steps=[register], else_steps=[])
    return Pipeline(
        "somebody-elses-pipeline",
        parameters=[scale, number],
        steps=[prepare, train, double, check],
        sagemaker_session=session,
    )


def report(execution: object) -> None:
    """Print what the execution did."""
    steps = execution.list_steps()  # type: ignore[attr-defined]
    by_name = {step["StepName"]: step for step in steps}
    job = by_name["Train"]["Metadata"]["TrainingJob"]["Arn"].rsplit("/", 1)[1]
    described = boto3.client("sagemaker").describe_training_job(TrainingJobName=job)
    print(
        json.dumps(
            {
                "steps": {name: step["StepStatus"] for name, step in by_name.items()},
                "loss": described["FinalMetricDataList"][0]["Value"],
                "doubled": by_name["Double"]["Metadata"]["Lambda"]["OutputParameters"],
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
