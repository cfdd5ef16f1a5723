"""What the faults are done to: a local AWS with the stack, a pipeline of cheap steps, versions and pictures."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from PIL import Image

from tests.e2e.laptop import REPOSITORY, Laptop

Document = dict[str, Any]
PIPELINE = "faults"
GROUP = ENDPOINT = "scones-vehicles"
BUCKET = "scones-000000000000-us-east-1"
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:scones-inference:live"
_SERVER = str(REPOSITORY / "tests" / "tiny_server.py")
_START = "from localaws import process, settings; process.start(settings.from_environment())"
# A job writes down when it begins and when it has ended; each line is one write, so lines do not mix.
_JOB = """
import os, sys, time
def note(word):
    with open(sys.argv[1], "a") as ledger:
        ledger.write(f"{os.environ['RUN']} {sys.argv[2]} {word}\\n")
note("begin")
time.sleep(0.3)
note("end")
"""


@dataclass
class Site:
    """A local AWS, and what was asked of it so far."""

    laptop: Laptop
    runs: list[str] = field(default_factory=list)
    approved: str = ""
    clients: dict[str, Any] = field(default_factory=dict)

    @property
    def ledger(self) -> Path:
        return self.laptop.home / "ledger"

    def client(self, service: str) -> Any:
        """A client, made once, as a client takes long to make."""
        return self.clients.get(service) or self._made(service)

    def prepare(self) -> None:
        """Bring the local AWS up, with the stack, the pipeline, a first live version and a picture."""
        (self.laptop.home / "images.json").write_text(json.dumps({"tiny": ["python3", _SERVER]}))
        self.laptop.scones("up")
        role = self.laptop.role("faults", "sagemaker")
        text = json.dumps(definition(role, str(self.ledger)))
        self.client("sagemaker").create_pipeline(
            PipelineName=PIPELINE, PipelineDefinition=text, RoleArn=role, ClientRequestToken="f" * 32
        )
        self.client("s3").put_object(Bucket=BUCKET, Key="faults/bright.png", Body=picture())
        self.start_run()
        self.laptop.ended(self.runs[0])
        self.approve(self.versions()[0])
        assert self.until_live(60), self.live()
        # refresh_workflow makes the alias once the endpoint serves.
        assert until(self._takes_pictures, 60), "the workflow takes no picture"

    def up(self) -> None:
        """Start it again after a `kill -9`."""
        subprocess.run(
            [sys.executable, "-c", _START], env=self.laptop.environment, cwd=REPOSITORY, check=True, timeout=90
        )

    def answers(self) -> bool:
        """Whether it is there."""
        try:
            self.client("sagemaker").list_pipelines()
        except (BotoCoreError, ClientError):
            return False
        return True

    def start_run(self) -> str:
        """Start an execution of the pipeline."""
        arn: str = self.client("sagemaker").start_pipeline_execution(PipelineName=PIPELINE)["PipelineExecutionArn"]
        self.runs.append(arn)
        return arn

    def ask(self, name: str) -> str:
        """Give the inference workflow a picture."""
        given = json.dumps({"image_uri": f"s3://{BUCKET}/faults/bright.png"})
        started = self.client("stepfunctions").start_execution(stateMachineArn=MACHINE, name=name, input=given)
        return str(started["executionArn"])

    def versions(self) -> list[str]:
        """ARNs of all registered versions."""
        pages = self.client("sagemaker").get_paginator("list_model_packages").paginate(ModelPackageGroupName=GROUP)
        return [item["ModelPackageArn"] for page in pages for item in page["ModelPackageSummaryList"]]

    def approve(self, version: str) -> None:
        """Approve a version; it is to serve from now on."""
        self.client("sagemaker").update_model_package(ModelPackageArn=version, ModelApprovalStatus="Approved")
        self.approved = version

    def live(self) -> str:
        """The version that serves, and alone; otherwise what is there, in words."""
        sagemaker = self.client("sagemaker")
        try:
            said = sagemaker.describe_endpoint(EndpointName=ENDPOINT)
        except sagemaker.exceptions.ClientError as error:
            return str(error)
        if said["EndpointStatus"] != "InService":
            return f"the endpoint is {said['EndpointStatus']} {said.get('FailureReason', '')}"
        config = sagemaker.describe_endpoint_config(EndpointConfigName=said["EndpointConfigName"])
        model = sagemaker.describe_model(ModelName=config["ProductionVariants"][0]["ModelName"])
        return str(model["PrimaryContainer" if "PrimaryContainer" in model else "Containers"]["ModelPackageName"])

    def rolled_back(self) -> str:
        """Why the endpoint went back to the version before; empty where it did not."""
        reason: str = self.client("sagemaker").describe_endpoint(EndpointName=ENDPOINT).get("FailureReason", "")
        return reason

    def until_live(self, seconds: float) -> bool:
        """Wait until the version that was approved last serves."""
        return until(lambda: self.live() == self.approved, seconds)

    def _takes_pictures(self) -> bool:
        try:
            self.ask("first")
        except ClientError:
            return False
        return True

    def _made(self, service: str) -> Any:
        self.clients[service] = self.laptop.client(service)
        return self.clients[service]


def until(holds: Callable[[], bool], seconds: float) -> bool:
    """Wait until something holds; False where it never does. An AWS that is away holds nothing."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return holds()


def picture() -> bytes:
    """A bright picture."""
    file = io.BytesIO()
    Image.new("RGB", (32, 32), (230, 230, 230)).save(file, "PNG")
    return file.getvalue()


def definition(role: str, ledger: str) -> Document:
    """Two jobs, one after the other, and a version that is registered."""
    container = {
        "Image": "tiny:1",
        "Environment": {"VERSION": "1", "ANSWER": "[0.96, 0.04]"},
    }
    register = {
        "ModelPackageGroupName": GROUP,
        "ModelApprovalStatus": "PendingManualApproval",
        "InferenceSpecification": {
            "Containers": [container],
            "SupportedContentTypes": ["image/png"],
            "SupportedResponseMIMETypes": ["application/json"],
        },
        "CustomerMetadataProperties": {"execution_id": {"Get": "Execution.PipelineExecutionId"}},
    }
    steps = [
        {"Name": "First", "Type": "Processing", "Arguments": _processing(role, ledger, "First")},
        {
            "Name": "Second",
            "Type": "Processing",
            "Arguments": _processing(role, ledger, "Second"),
            "DependsOn": ["First"],
        },
        {"Name": "Register", "Type": "RegisterModel", "Arguments": register, "DependsOn": ["Second"]},
    ]
    return {"Version": "2020-12-01", "Parameters": [], "Steps": steps}


def _processing(role: str, ledger: str, step: str) -> Document:
    cluster = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
    return {
        "ProcessingResources": {"ClusterConfig": cluster},
        "AppSpecification": {
            "ImageUri": "any:1",
            "ContainerEntrypoint": ["python3", "-S", "-c", _JOB],
            "ContainerArguments": [ledger, step],
        },
        "Environment": {"RUN": {"Get": "Execution.PipelineExecutionId"}},
        "RoleArn": role,
    }
