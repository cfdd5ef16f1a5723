"""A pipeline with a script in the scikit-learn image: train and register; then an endpoint of the version answers."""

import argparse
import csv
import os
import random
import sys
import tempfile
from pathlib import Path

import sagemaker
from botocore.exceptions import WaiterError
from sagemaker.deserializers import JSONDeserializer
from sagemaker.model import ModelPackage
from sagemaker.predictor import Predictor
from sagemaker.serializers import JSONSerializer
from sagemaker.sklearn.estimator import SKLearn
from sagemaker.sklearn.model import SKLearnModel
from sagemaker.utils import name_from_base
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterInteger, ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.steps import TrainingStep

NAME = "flats"
VERSION = "1.2-1"
INSTANCE = "ml.m5.large"
CODE = str(Path(__file__).parent / "code")


def draw_flats(path: Path, rows: int) -> None:
    """Made-up flats: area, rooms, storey and distance to the centre, and a price that follows from them."""
    chance = random.Random(1)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["price", "area", "rooms", "storey", "distance"])
        for _ in range(rows):
            area, storey, distance = chance.uniform(20, 150), chance.randrange(8), chance.expovariate(1 / 4)
            price = area * (9 - distance / 3) + 12 * storey + chance.gauss(0, 30)
            writer.writerow([round(price), round(area, 1), max(1, round(area / 28)), storey, round(distance, 2)])


def build_pipeline(session: PipelineSession, role: str) -> Pipeline:
    """Two steps."""
    data, trees = ParameterString("Data"), ParameterInteger("Trees", default_value=50)
    estimator = SKLearn(
        "train.py",
        source_dir=CODE,
        framework_version=VERSION,
        role=role,
        instance_type=INSTANCE,
        hyperparameters={"trees": trees},
        metric_definitions=[{"Name": "validation:mae", "Regex": r"validation:mae=([0-9.]+);"}],
        sagemaker_session=session,
        base_job_name=f"{NAME}-train",
        debugger_hook_config=False,  # Debugger is closed to accounts that are new to it
        disable_profiler=True,
    )
    train = TrainingStep("Train", step_args=estimator.fit({"train": data}))
    model = SKLearnModel(
        train.properties.ModelArtifacts.S3ModelArtifacts,
        role,
        "train.py",
        source_dir=CODE,
        framework_version=VERSION,
        sagemaker_session=session,
    )
    register = ModelStep(
        "Register",
        step_args=model.register(
            content_types=["application/json"],
            response_types=["application/json"],
            inference_instances=[INSTANCE],
            model_package_group_name=NAME,
            approval_status="Approved",
        ),
    )
    return Pipeline(NAME, [data, trees], steps=[train, register], sagemaker_session=session)


def ask(session: sagemaker.Session, role: str) -> list[float]:
    """Let the newest version answer for two flats behind an endpoint, and delete that."""
    versions = session.sagemaker_client.list_model_packages(
        ModelPackageGroupName=NAME, ModelApprovalStatus="Approved", SortBy="CreationTime", SortOrder="Descending"
    )
    package = versions["ModelPackageSummaryList"][0]["ModelPackageArn"]
    endpoint = name_from_base(NAME)
    ModelPackage(role, model_package_arn=package, sagemaker_session=session).deploy(1, INSTANCE, endpoint_name=endpoint)
    predictor = Predictor(endpoint, session, JSONSerializer(), JSONDeserializer())
    try:
        answer: list[float] = predictor.predict([[40, 1, 2, 6.0], [120, 4, 5, 1.0]])
    finally:
        predictor.delete_endpoint(delete_endpoint_config=True)
    return answer


def main() -> int:
    """Upload the flats, run the pipeline, and ask the registered version; the exit code says whether it succeeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trees", type=int, default=50)
    options = parser.parse_args()
    session = sagemaker.Session()
    role = os.environ.get("SAGEMAKER_ROLE") or sagemaker.get_execution_role()
    with tempfile.TemporaryDirectory() as folder:
        draw_flats(Path(folder, "flats.csv"), 1_000)
        data = session.upload_data(folder, key_prefix=f"examples/{NAME}/data")

    pipeline = build_pipeline(PipelineSession(), role)
    pipeline.upsert(role)
    execution = pipeline.start({"Data": data, "Trees": options.trees})
    succeeded = True
    try:
        execution.wait(delay=2, max_attempts=1800)
    except WaiterError:
        succeeded = False
    for step in reversed(execution.list_steps()):
        print(f"{step['StepName']}: {step['StepStatus']} {step.get('FailureReason', '')}".rstrip())
    if not succeeded:
        return 1
    print("Two flats cost", " and ".join(f"{price:.0f}" for price in ask(session, role)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
