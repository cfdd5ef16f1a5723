"""What SageMaker does in the pipeline's name when an execution is stopped: each kind of job that may run then."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.laptop import Laptop

ROLES = "arn:aws:iam::000000000000:role"
NEVER_ENDING = ["python3", "-c", "import time; time.sleep(3600)"]
LONG = ("--set", "Epochs=2000", "--set", "ImageShape=3,8,8")


@pytest.fixture
def processing(laptop: Laptop) -> str:
    """An execution of a pipeline whose one job would process for an hour, under the template's roles."""
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
    job = {
        "AppSpecification": {"ImageUri": _image(laptop), "ContainerEntrypoint": NEVER_ENDING},
        "ProcessingResources": {"ClusterConfig": cluster},
        "RoleArn": f"{ROLES}/scones-training",
    }
    definition = {"Version": "2020-12-01", "Steps": [{"Name": "Wait", "Type": "Processing", "Arguments": job}]}
    sagemaker = laptop.client("sagemaker")
    sagemaker.create_pipeline(
        PipelineName="never-ending",
        PipelineDefinition=json.dumps(definition),
        RoleArn=f"{ROLES}/scones-pipeline",
        ClientRequestToken="n" * 32,
    )
    arn: str = sagemaker.start_pipeline_execution(PipelineName="never-ending")["PipelineExecutionArn"]
    return arn


def test_a_processing_job_is_stopped_in_the_pipelines_name(laptop: Laptop, processing: str) -> None:
    assert _stopped(laptop, processing, "Wait")["StepStatus"] == "Stopped"
    assert _pipeline_did(laptop, "sagemaker:StopProcessingJob")


def test_a_training_job_is_stopped_in_the_pipelines_name(laptop: Laptop, sample: str) -> None:
    arn = laptop.scones("run", *LONG, "--set", f"InputDataUri={sample}").stdout.strip()
    assert _stopped(laptop, arn, "TrainModel")["StepStatus"] == "Stopped"
    assert _pipeline_did(laptop, "sagemaker:StopTrainingJob")


def test_a_search_is_stopped_in_the_pipelines_name(laptop: Laptop, sample: str) -> None:
    search = ("--tune", "--trials", "2", *LONG)
    arn = laptop.scones("run", *search, "--set", f"InputDataUri={sample}").stdout.strip()
    assert _stopped(laptop, arn, "TuneModel")["StepStatus"] == "Stopped"
    assert _pipeline_did(laptop, "sagemaker:StopHyperParameterTuningJob")


def _image(laptop: Laptop) -> str:
    """The project's own image, which alone its jobs' role may pull."""
    stack = laptop.client("cloudformation").describe_stacks(StackName="scones")["Stacks"][0]
    return next(str(entry["OutputValue"]) for entry in stack["Outputs"] if entry["OutputKey"] == "ImageUri")


def _stopped(laptop: Laptop, arn: str, step: str) -> dict[str, Any]:
    """Stop an execution once the step has made its job; answers the step."""
    laptop.until(arn, lambda _: laptop.steps(arn).get(step, {}).get("Metadata"))
    laptop.client("sagemaker").stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken="s" * 32)
    assert laptop.ended(arn)["PipelineExecutionStatus"] == "Stopped"
    return laptop.steps(arn)[step]


def _pipeline_did(laptop: Laptop, action: str) -> bool:
    return any(one["role"] == "scones-pipeline" and one["action"] == action for one in laptop.access())
