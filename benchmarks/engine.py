"""What five trivial steps cost on the local AWS, beside Metaflow's and kfp's local runners on the same work.

    python -m benchmarks.engine [--rounds 5] [--peers FOLDER]

Each step starts a Python process that does nothing. All are measured in turn in one run, medians are printed. The
peers are installed at pinned versions into environments of their own under FOLDER; without it, ours alone is run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import boto3

from benchmarks.local import LocalAws

STEPS = 5
PEERS = {
    "Metaflow": ("metaflow==2.19.39", "metaflow_flow.py", ["run"]),
    "kfp.local": ("kfp==2.16.0", "kfp_flow.py", []),
}
ROLE = "arn:aws:iam::000000000000:role/benchmark"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", type=Path, help="folder for the peers' environments")
    options = parser.parse_args()
    with LocalAws() as local:
        candidates: dict[str, Callable[[], None]] = {"localaws": _pipeline(local)}
        if options.peers:
            candidates |= {name: _peer(options.peers, *recipe) for name, recipe in PEERS.items()}
        seconds = {name: [] for name in candidates}  # type: dict[str, list[float]]
        for _ in range(options.rounds):
            for name, candidate in candidates.items():
                seconds[name].append(_timed(candidate))
    seconds["five bare processes"] = [_timed(_bare) for _ in range(options.rounds)]
    _print(seconds)


def _pipeline(local: LocalAws) -> Callable[[], None]:
    sagemaker = local.client("sagemaker")
    local.client("s3").create_bucket(Bucket="benchmark")
    local.client("s3").put_object(Bucket="benchmark", Key="code/step.py", Body=b"pass\n")
    sagemaker.create_pipeline(
        PipelineName="five-trivial-steps",
        PipelineDefinition=json.dumps({"Version": "2020-12-01", "Steps": [_step(n) for n in range(STEPS)]}),
        RoleArn=ROLE,
    )

    def run() -> None:
        arn = sagemaker.start_pipeline_execution(PipelineName="five-trivial-steps")["PipelineExecutionArn"]
        while _status(sagemaker, arn) == "Executing":
            time.sleep(0.01)
        if _status(sagemaker, arn) != "Succeeded":
            raise SystemExit(f"{arn} is {_status(sagemaker, arn)}; the figure would be worthless.")

    return run


def _status(sagemaker: boto3.client, arn: str) -> str:
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


def _peer(folder: Path, requirement: str, program: str, arguments: list[str]) -> Callable[[], None]:
    environment = folder / requirement.replace("==", "-")
    python = environment / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", requirement, "setuptools<81"], check=True)
    script = Path(__file__).with_name("peers") / program

    def run() -> None:
        with tempfile.TemporaryDirectory() as work:
            environment = {**os.environ, "USERNAME": "benchmark"}  # Metaflow refuses to run for nobody
            command = [str(python), str(script), *arguments]
            subprocess.run(command, cwd=work, env=environment, check=True, capture_output=True)

    return run


def _bare() -> None:
    for _ in range(STEPS):
        subprocess.run([sys.executable, "-c", "pass"], check=True)


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _print(seconds: dict[str, list[float]]) -> None:
    ours = statistics.median(seconds["localaws"])
    print(f"{STEPS} trivial steps in a row, seconds (median of {len(seconds['localaws'])}; least, most; ratio to ours)")
    for name, values in seconds.items():
        median = statistics.median(values)
        print(f"  {name:<20} {median:7.3f}   {min(values):7.3f} {max(values):7.3f}   {median / ours:6.2f}")


if __name__ == "__main__":
    main()
