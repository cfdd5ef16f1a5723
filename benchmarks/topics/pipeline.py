"""What 1, 5, 50 and 500 trivial steps in a row cost here, in Metaflow and in Kubeflow Pipelines' local runner.

Each step is a Python process that does nothing; as many bare processes are the lower bound.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import environments
from benchmarks.alternation import Work, timed
from benchmarks.environments import PeerError
from benchmarks.figures import Measured, Series, slope
from benchmarks.local import LocalAws

OURS, BARE = "local AWS", "bare processes"
PEERS = {"metaflow": "metaflow_flow.py", "kfp": "kfp_flow.py"}
ROUNDS = {True: {1: 3, 5: 3, 50: 1, 500: 1}, False: {1: 5, 5: 5, 50: 2, 500: 1}}
QUICK_PEERS = 50  # steps; they need minutes for more
FURTHER, LATER = "a further step", "a further step beyond 50"
ROLE = "arn:aws:iam::000000000000:role/benchmark"


def measure(quick: bool) -> Measured:
    """All sizes, all candidates in turn."""
    notes = [_docker(), f"The peers were not run beyond {QUICK_PEERS} steps: they need minutes." if quick else ""]
    peers = {peer: program for peer, program in PEERS.items() if _installed(peer, notes)}
    series: list[Series] = []
    with LocalAws() as local:
        for steps, rounds in ROUNDS[quick].items():
            print(f"{steps} steps", file=sys.stderr, flush=True)
            candidates: dict[str, Work] = {OURS: build_run(local, steps), BARE: partial(run_bare, steps)}
            if steps <= QUICK_PEERS or not quick:
                candidates |= {environments.version(peer): _peer(peer, peers[peer], steps) for peer in peers}
            for who, values in timed(candidates, rounds).items():
                series.append(Series(_name(steps), who, "s", values, x=steps))
    return Measured("pipeline", OURS, (*series, *_further(series)), tuple(filter(None, notes)))


def _further(series: list[Series]) -> list[Series]:
    """The cost of one more step, without the start."""
    found = {(each.x, each.who): each for each in series}
    more = []
    for what, few, many in ((FURTHER, 5, 50), (LATER, 50, 500)):
        for (steps, who), each in found.items():
            if steps == few and (many, who) in found:
                milliseconds = tuple(value * 1000 for value in slope(each, found[many, who]))
                more.append(Series(what, who, "ms", milliseconds))
    return more


def _name(steps: int) -> str:
    return f"{steps} step{'s' if steps > 1 else ''}"


def build_run(local: LocalAws, steps: int) -> Callable[[], None]:
    """What runs a pipeline of so many trivial steps to its end."""
    sagemaker, s3, name = local.client("sagemaker"), local.client("s3"), f"trivial-{steps}"
    s3.create_bucket(Bucket="benchmark")
    s3.put_object(Bucket="benchmark", Key="code/step.py", Body=b"pass\n")
    definition = {"Version": "2020-12-01", "Steps": [_step(number) for number in range(steps)]}
    sagemaker.create_pipeline(PipelineName=name, PipelineDefinition=json.dumps(definition), RoleArn=ROLE)

    def run() -> None:
        arn = sagemaker.start_pipeline_execution(PipelineName=name)["PipelineExecutionArn"]
        while (status := _status(sagemaker, arn)) == "Executing":
            time.sleep(0.02)
        if status != "Succeeded":
            raise SystemExit(f"{arn} is {status}; the figure would be worthless.")

    return run


def _status(sagemaker: Any, arn: str) -> str:  # noqa: ANN401 - boto3 makes its client classes at run time
    status: str = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"]
    return status


def _step(number: int) -> dict[str, object]:
    code = {"S3Uri": "s3://benchmark/code/step.py", "LocalPath": "/opt/ml/processing/input/code"}
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
    return {
        "Name": f"Step{number}",
        "Type": "Processing",
        "DependsOn": [f"Step{number - 1}"] if number else [],
        "Arguments": {
            "RoleArn": ROLE,
            "ProcessingResources": {"ClusterConfig": cluster},
            "AppSpecification": {
                "ImageUri": "any/image:1",
                "ContainerEntrypoint": ["python3", "/opt/ml/processing/input/code/step.py"],
            },
            "ProcessingInputs": [
                {"InputName": "code", "S3Input": {**code, "S3DataType": "S3Prefix", "S3InputMode": "File"}}
            ],
        },
    }


def _peer(peer: str, program: str, steps: int) -> Callable[[], None]:
    def run() -> None:
        with tempfile.TemporaryDirectory() as work:
            environments.run(peer, program, str(steps), cwd=Path(work))

    return run


def run_bare(steps: int) -> None:
    """Run as many processes that do nothing, one after the other."""
    for _ in range(steps):
        subprocess.run([sys.executable, "-c", "pass"], check=True)


def _installed(peer: str, notes: list[str]) -> bool:
    try:
        environments.python(peer)
    except PeerError as error:
        notes.append(f"{environments.version(peer)} could not be installed: {error}")
        return False
    return True


def _docker() -> str:
    """Why the SageMaker SDK's local mode was not measured."""
    docker = shutil.which("docker")
    if docker and subprocess.run([docker, "info"], check=False, capture_output=True).returncode == 0:
        return "The SageMaker SDK's local mode is left out: its steps are containers, not processes."
    return (
        "The SageMaker SDK's local mode cannot run here: it starts each step in Docker, and no Docker daemon answers."
    )
