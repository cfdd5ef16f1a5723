"""A pipeline with PyTorch scripts: train, pack the model with its inference script and register it; then a batch."""

import argparse
import math
import os
import random
import sys
import tempfile
from pathlib import Path

import sagemaker
from botocore.exceptions import WaiterError
from sagemaker.model import ModelPackage
from sagemaker.pytorch import PyTorch, PyTorchModel
from sagemaker.workflow.model_step import ModelStep
from sagemaker.workflow.parameters import ParameterInteger, ParameterString
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession
from sagemaker.workflow.steps import TrainingStep

NAME = "spirals"
VERSION, PYTHON = "2.1", "py310"
INSTANCE = "ml.m5.large"
NO_DEBUGGER = {"debugger_hook_config": False, "disable_profiler": True}  # closed to accounts that are new to it
CODE = str(Path(__file__).parent / "code")


def draw_points(count: int, seed: int) -> list[tuple[int, float, float]]:
    """Points of two spirals that turn round each other: which one, and where."""
    chance = random.Random(seed)
    drawn = []
    for _ in range(count):
        spiral, way = chance.randrange(2), chance.uniform(0.3, 1)
        angle = 4 * way + math.pi * spiral
        x, y = (way * turn(angle) + chance.gauss(0, 0.02) for turn in (math.cos, math.sin))
        drawn.append((spiral, round(x, 4), round(y, 4)))
    return drawn


def build_pipeline(session: PipelineSession, role: str) -> Pipeline:
    """Two steps, of which the second one is two: the SDK packs the model anew, and registers what comes of it."""
    data, epochs = ParameterString("Data"), ParameterInteger("Epochs", default_value=60)
    estimator = PyTorch(
        "train.py",
        role=role,
        framework_version=VERSION,
        py_version=PYTHON,
        source_dir=CODE,
        instance_count=1,
        instance_type=INSTANCE,
        hyperparameters={"epochs": epochs, "learning-rate": 0.01},
        metric_definitions=[
            {"Name": "train:loss", "Regex": r"train:loss=([0-9.]+);"},
            {"Name": "validation:accuracy", "Regex": r"validation:accuracy=([0-9.]+);"},
        ],
        sagemaker_session=session,
        base_job_name=f"{NAME}-train",
        **NO_DEBUGGER,
    )
    train = TrainingStep("Train", step_args=estimator.fit({"train": data}))
    model = PyTorchModel(
        train.properties.ModelArtifacts.S3ModelArtifacts,
        role,
        "inference.py",
        source_dir=CODE,
        framework_version=VERSION,
        py_version=PYTHON,
        sagemaker_session=session,
    )
    register = ModelStep(
        "Register",
        step_args=model.register(
            content_types=["text/csv"],
            response_types=["text/csv"],
            inference_instances=[INSTANCE],
            transform_instances=[INSTANCE],
            model_package_group_name=NAME,
            approval_status="Approved",
        ),
        repack_model_step_settings=NO_DEBUGGER,
    )
    return Pipeline(NAME, [data, epochs], steps=[train, register], sagemaker_session=session)


def transform(session: sagemaker.Session, role: str) -> float:
    """How many of 200 new points the newest version puts on the right spiral."""
    versions = session.sagemaker_client.list_model_packages(
        ModelPackageGroupName=NAME, ModelApprovalStatus="Approved", SortBy="CreationTime", SortOrder="Descending"
    )
    package = versions["ModelPackageSummaryList"][0]["ModelPackageArn"]
    points = draw_points(200, seed=2)
    prefix = f"examples/{NAME}"
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "new.csv").write_text("".join(f"{x},{y}\n" for _, x, y in points), encoding="utf-8")
        source = session.upload_data(folder, key_prefix=f"{prefix}/new")
    transformer = ModelPackage(role, model_package_arn=package, sagemaker_session=session).transformer(
        1, INSTANCE, accept="text/csv", output_path=f"s3://{session.default_bucket()}/{prefix}/answers"
    )
    transformer.transform(source, content_type="text/csv", wait=True, logs=False)
    answers = sagemaker.s3.S3Downloader.read_file(f"{transformer.output_path}/new.csv.out", session).split()
    right = sum((float(answer) > 0.5) == bool(point[0]) for answer, point in zip(answers, points, strict=True))
    return right / len(points)


def main() -> int:
    """Upload the points, run the pipeline, and ask the registered version; the exit code says whether it succeeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=60)
    options = parser.parse_args()
    session = sagemaker.Session()
    role = os.environ.get("SAGEMAKER_ROLE") or sagemaker.get_execution_role()
    with tempfile.TemporaryDirectory() as folder:
        lines = [f"{spiral},{x},{y}\n" for spiral, x, y in draw_points(1_000, seed=1)]
        Path(folder, "points.csv").write_text("".join(lines), encoding="utf-8")
        data = session.upload_data(folder, key_prefix=f"examples/{NAME}/data")

    pipeline = build_pipeline(PipelineSession(), role)
    pipeline.upsert(role)
    execution = pipeline.start({"Data": data, "Epochs": options.epochs})
    succeeded = True
    try:
        execution.wait(delay=2, max_attempts=1800)
    except WaiterError:
        succeeded = False
    for step in reversed(execution.list_steps()):
        print(f"{step['StepName']}: {step['StepStatus']} {step.get('FailureReason', '')}".rstrip())
    if not succeeded:
        return 1
    print(f"Of 200 new points {transform(session, role):.0%} are put on the right spiral")
    return 0


if __name__ == "__main__":
    sys.exit(main())
