"""A pipeline with the built-in XGBoost: process, train, evaluate, register what is good enough, transform a batch."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import pumps
import sagemaker
from botocore.exceptions import WaiterError
from sagemaker.estimator import Estimator
from sagemaker.inputs import TrainingInput
from sagemaker.model import Model, ModelPackage
from sagemaker.model_metrics import MetricsSource, ModelMetrics
from sagemaker.processing import ProcessingInput, ProcessingOutput, ScriptProcessor
from sagemaker.sklearn.processing import SKLearnProcessor
from sagemaker.workflow.condition_step import ConditionStep
from sagemaker.workflow.conditions import ConditionGreaterThanOrEqualTo
from sagemaker.workflow.fail_step import FailStep
from sagemaker.workflow.functions import Join, JsonGet
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterFloat, ParameterInteger, ParameterString
from sagemaker.workflow.pipeline import Pipeline, _PipelineExecution
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.properties import PropertyFile
from sagemaker.workflow.steps import ProcessingStep, TrainingStep

NAME = "pumps"
INSTANCE = "ml.m5.large"
NO_DEBUGGER = {"debugger_hook_config": False, "disable_profiler": True}  # closed to accounts that are new to it
HERE = Path(__file__).parent


def build_pipeline(session: PipelineSession, role: str) -> Pipeline:
    """Five steps, and four parameters that a start can change."""
    data = ParameterString("Data")
    rounds = ParameterInteger("Rounds", default_value=50)
    minimum_auc = ParameterFloat("MinimumAuc", default_value=0.8)
    approval = ParameterString("Approval", default_value="Approved")
    image = sagemaker.image_uris.retrieve("xgboost", session.boto_region_name, "1.7-1")

    preprocessor = SKLearnProcessor(
        "1.2-1",
        role,
        instance_type=INSTANCE,
        instance_count=1,
        sagemaker_session=session,
        base_job_name=f"{NAME}-split",
    )
    split = ProcessingStep(
        "Split",
        step_args=preprocessor.run(
            code=str(HERE / "preprocess.py"),
            inputs=[ProcessingInput(source=data, destination="/opt/ml/processing/input")],
            outputs=[
                ProcessingOutput(output_name=name, source=f"/opt/ml/processing/{name}")
                for name in ("train", "validation", "test")
            ],
        ),
    )
    outputs = split.properties.ProcessingOutputConfig.Outputs

    estimator = Estimator(
        image,
        role,
        1,
        INSTANCE,
        sagemaker_session=session,
        base_job_name=f"{NAME}-train",
        **NO_DEBUGGER,
    )
    estimator.set_hyperparameters(
        objective="binary:logistic", eval_metric="auc", num_round=rounds, max_depth=4, eta=0.2
    )
    train = TrainingStep(
        "Train",
        step_args=estimator.fit(
            {
                name: TrainingInput(outputs[name].S3Output.S3Uri, content_type="text/csv")
                for name in ("train", "validation")
            }
        ),
    )
    artifact = train.properties.ModelArtifacts.S3ModelArtifacts

    evaluator = ScriptProcessor(
        role, image, ["python3"], 1, INSTANCE, sagemaker_session=session, base_job_name=f"{NAME}-evaluate"
    )
    report = PropertyFile("Report", output_name="evaluation", path="evaluation.json")
    evaluate = ProcessingStep(
        "Evaluate",
        step_args=evaluator.run(
            code=str(HERE / "evaluate.py"),
            inputs=[
                ProcessingInput(source=artifact, destination="/opt/ml/processing/model"),
                ProcessingInput(source=outputs["test"].S3Output.S3Uri, destination="/opt/ml/processing/test"),
            ],
            outputs=[ProcessingOutput(output_name="evaluation", source="/opt/ml/processing/evaluation")],
        ),
        property_files=[report],
    )

    folder = evaluate.arguments["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"]
    statistics = MetricsSource("application/json", Join("/", [folder, "evaluation.json"]))
    register = ModelStep(
        "Register",
        step_args=Model(image, artifact, role, sagemaker_session=session).register(
            content_types=["text/csv"],
            response_types=["text/csv"],
            inference_instances=[INSTANCE],
            transform_instances=[INSTANCE],
            model_package_group_name=NAME,
            approval_status=approval,
            model_metrics=ModelMetrics(model_statistics=statistics),
        ),
    )
    auc = JsonGet("Evaluate", report, "binary_classification_metrics.auc.value")
    refuse = FailStep("Refuse", error_message=Join(" ", ["The model's AUC is below", minimum_auc]))
    decide = ConditionStep(
        "GoodEnough",
        conditions=[ConditionGreaterThanOrEqualTo(left=auc, right=minimum_auc)],
        if_steps=[register],
        else_steps=[refuse],
    )
    parameters = [data, rounds, minimum_auc, approval]
    return Pipeline(NAME, parameters, steps=[split, train, evaluate, decide], sagemaker_session=session)


def transform(session: sagemaker.Session, role: str, prefix: str) -> list[float]:
    """The newest version's answers to ten new pumps, each the probability that it fails."""
    versions = session.sagemaker_client.list_model_packages(
        ModelPackageGroupName=NAME, ModelApprovalStatus="Approved", SortBy="CreationTime", SortOrder="Descending"
    )
    package = versions["ModelPackageSummaryList"][0]["ModelPackageArn"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "new.csv")
        pumps.write(file, 10, seed=2, labelled=False)
        source = session.upload_data(str(file), key_prefix=f"{prefix}/new")
    transformer = ModelPackage(role, model_package_arn=package, sagemaker_session=session).transformer(
        1,
        INSTANCE,
        strategy="MultiRecord",
        assemble_with="Line",
        output_path=f"s3://{session.default_bucket()}/{prefix}/answers",
    )
    transformer.transform(source, content_type="text/csv", split_type="Line", wait=True, logs=False)
    answers = sagemaker.s3.S3Downloader.read_file(f"{transformer.output_path}/new.csv.out", session)
    return [float(line) for line in answers.split()]


def wait(execution: _PipelineExecution) -> bool:
    """Wait until it has ended; answers whether it succeeded."""
    try:
        execution.wait(delay=2, max_attempts=1800)
    except WaiterError:
        return False
    return True


def main() -> int:
    """Upload the pumps, run the pipeline, and ask the registered version; the exit code says whether it succeeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minimum-auc", type=float, default=0.8)
    options = parser.parse_args()
    session = PipelineSession()
    role = os.environ.get("SAGEMAKER_ROLE") or sagemaker.get_execution_role()
    prefix = f"examples/{NAME}"
    with tempfile.TemporaryDirectory() as folder:
        pumps.write(Path(folder, "pumps.csv"), 2_000, seed=1)
        data = sagemaker.Session().upload_data(folder, key_prefix=f"{prefix}/data")

    pipeline = build_pipeline(session, role)
    pipeline.upsert(role)
    execution = pipeline.start({"Data": data, "MinimumAuc": options.minimum_auc})
    succeeded = wait(execution)
    for step in reversed(execution.list_steps()):
        print(f"{step['StepName']}: {step['StepStatus']} {step.get('FailureReason', '')}".rstrip())
    if not succeeded:
        return 1
    answers = transform(sagemaker.Session(), role, prefix)
    print("Ten new pumps fail with the probabilities", " ".join(f"{answer:.2f}" for answer in answers))
    return 0


if __name__ == "__main__":
    sys.exit(main())
