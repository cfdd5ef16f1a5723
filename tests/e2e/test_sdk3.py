"""A run that the SageMaker SDK 3 starts, on a pipeline that SDK 2 made."""

from __future__ import annotations

import subprocess

from tests.e2e.laptop import REPOSITORY, Laptop
from tests.environments import SDK3, needs_sdk3

SMALL = ("--set", "Epochs=1", "--set", "ImageShape=3,8,8", "--set", "AccuracyThreshold=0")
WORDS = (*SMALL, "--set", "PairedGateLevel=0", "--wait")


@needs_sdk3
def test_run_pipeline_with_the_sdk_3_changes_no_pipeline_and_finds_all_steps_in_the_cache(
    laptop: Laptop, sample: str
) -> None:
    words = (*WORDS, "--set", f"InputDataUri={sample}")
    laptop.python("-m", "pipelines.run_pipeline", *words)
    sagemaker = laptop.client("sagemaker")
    before = sagemaker.describe_pipeline(PipelineName="scones-training")

    done = subprocess.run(
        [str(SDK3 / "bin/run-pipeline"), *words],
        env=dict(laptop.environment),
        cwd=REPOSITORY / "tests",
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert sagemaker.describe_pipeline(PipelineName="scones-training")["LastModifiedTime"] == before["LastModifiedTime"]
    steps = sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=done.stdout.strip())["PipelineExecutionSteps"]
    cached = {step["StepName"] for step in steps if "CacheHitResult" in step}
    assert cached == {"PrepareData", "TrainModel", "EvaluateModel"}
