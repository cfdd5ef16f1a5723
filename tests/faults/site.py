"""What faults are tested on: a local AWS with the stack, a pipeline, versions and images, and the calls to it."""

from __future__ import annotations

import io
import json
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from PIL import Image

from tests.e2e.laptop import REPOSITORY, Laptop
from tests.faults.accepted import DeadLetter
from tests.faults.pipeline import GROUP, definition

Document = dict[str, Any]
PIPELINE = "faults"
ENDPOINT = GROUP
BUCKET = "scones-000000000000-us-east-1"
MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:scones-inference:live"
_SERVER = str(REPOSITORY / "tests" / "tiny_server.py")
_START = "from localaws import process, settings; process.start(settings.from_environment())"


@dataclass
class Site:
    """A local AWS, and the calls to it so far."""

    laptop: Laptop
    runs: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    # The version approved last, and the run that it comes from.
    approved: str = ""
    program: str = ""
    clients: dict[str, Any] = field(default_factory=dict)
    # What was read of the bucket and the queue: the inference ids of captures (None: unreadable), sources, letters.
    captures: dict[str, list[str] | None] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    letters: dict[str, DeadLetter] = field(default_factory=dict)
    # Answered requests: inference id and time.
    answered: dict[str, float] = field(default_factory=dict)

    @property
    def ledger(self) -> list[str]:
        """What the programs of all jobs noted in their own directories."""
        files = self.laptop.home.glob("jobs/*/*/ledger")
        return [line for file in files for line in file.read_text().splitlines()]

    def client(self, service: str) -> Any:
        """A client, made once, as a client takes long to make."""
        return self.clients.get(service) or self._made(service)

    def prepare(self) -> None:
        """Start the local AWS, with the stack, the pipeline, a first live version and an image."""
        (self.laptop.home / "images.json").write_text(json.dumps({"tiny": ["python3", _SERVER]}))
        self.laptop.scones("up")
        role = self.laptop.role("faults", "sagemaker")
        text = json.dumps(definition(role))
        self.client("sagemaker").create_pipeline(
            PipelineName=PIPELINE, PipelineDefinition=text, RoleArn=role, ClientRequestToken="f" * 32
        )
        self.put("faults/bright.png", image())
        self.start_run()
        self.laptop.ended(self.runs[0])
        self.approve(self.versions()[0])
        assert self.until_live(180), self.live()
        # refresh_workflow makes the alias once the endpoint serves.
        assert until(self._takes_images, 180), "the workflow takes no image"

    def up(self) -> None:
        """Start it again after a `kill -9`."""
        subprocess.run(
            [sys.executable, "-c", _START], env=self.laptop.environment, cwd=REPOSITORY, check=True, timeout=180
        )

    def answers(self) -> bool:
        """Whether it answers."""
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

    def ask(self, name: str) -> Document:
        """Give the inference workflow an image; answers what StartExecution did."""
        given = json.dumps({"image_uri": f"s3://{BUCKET}/faults/bright.png"})
        started: Document = self.client("stepfunctions").start_execution(
            stateMachineArn=MACHINE, name=name, input=given
        )
        return started

    def described(self, name: str) -> Document:
        """The workflow's execution of a name; empty where there is none."""
        states = self.client("stepfunctions")
        arn = MACHINE.replace("stateMachine:", "execution:").removesuffix(":live") + f":{name}"
        try:
            said: Document = states.describe_execution(executionArn=arn)
        except states.exceptions.ExecutionDoesNotExist:
            return {}
        return said

    def put(self, key: str, content: bytes) -> None:
        """Put an object into the stack's bucket."""
        self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)

    def calls_under_way(self) -> int:
        """How many asynchronous calls of functions have not ended, by the local AWS's state file."""
        with closing(sqlite3.connect(self.laptop.home / "sagemaker.db")) as state:
            return int(state.execute("SELECT count(*) FROM documents WHERE kind = 'function-call'").fetchone()[0])

    def invoke(self) -> bytes:
        """Invoke the endpoint, with an id by which its capture is found."""
        identity = str(uuid.uuid4())
        said = self.client("sagemaker-runtime").invoke_endpoint(EndpointName=ENDPOINT, Body=b"x", InferenceId=identity)
        answer: bytes = said["Body"].read()
        self.answered[identity] = time.time()
        return answer

    def versions(self) -> list[str]:
        """ARNs of all registered versions."""
        pages = self.client("sagemaker").get_paginator("list_model_packages").paginate(ModelPackageGroupName=GROUP)
        return [item["ModelPackageArn"] for page in pages for item in page["ModelPackageSummaryList"]]

    def approve(self, version: str) -> None:
        """Approve a version, which must serve from now on."""
        self.client("sagemaker").update_model_package(ModelPackageArn=version, ModelApprovalStatus="Approved")
        self.approved = version

    def live(self) -> str:
        """The version that serves, if it is the only one; otherwise a description of the state."""
        sagemaker = self.client("sagemaker")
        try:
            said = sagemaker.describe_endpoint(EndpointName=ENDPOINT)
            if said["EndpointStatus"] != "InService":
                return f"the endpoint is {said['EndpointStatus']} {said.get('FailureReason', '')}"
            return ", ".join(self.variants(said["EndpointConfigName"]))
        except sagemaker.exceptions.ClientError as error:
            return str(error)

    def variants(self, config: str) -> list[str]:
        """The version of each variant of an endpoint configuration."""
        sagemaker = self.client("sagemaker")
        variants = sagemaker.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"]
        models = [sagemaker.describe_model(ModelName=variant["ModelName"])["ModelArn"] for variant in variants]
        tags = [sagemaker.list_tags(ResourceArn=arn)["Tags"] for arn in models]
        numbers = [next(tag["Value"] for tag in found if tag["Key"] == "scones:version") for found in tags]
        return [arn for number in numbers for arn in self.versions() if arn.endswith(f"/{number}")]

    def approved_last(self) -> tuple[str, str]:
        """The version approved last in the registry, and the run that it comes from."""
        sagemaker = self.client("sagemaker")
        described = [sagemaker.describe_model_package(ModelPackageName=arn) for arn in self.versions()]
        approved = [item for item in described if item["ModelApprovalStatus"] == "Approved"]
        newest = max(approved, key=lambda item: item.get("LastModifiedTime", item["CreationTime"]))
        return str(newest["ModelPackageArn"]), str(newest["CustomerMetadataProperties"]["execution_id"])

    def rolled_back(self) -> str:
        """Why the endpoint was rolled back; empty if it was not."""
        reason: str = self.client("sagemaker").describe_endpoint(EndpointName=ENDPOINT).get("FailureReason", "")
        return reason

    def until_live(self, seconds: float) -> bool:
        """Wait until the version that was approved last serves."""
        return until(lambda: self.live() == self.approved, seconds)

    def _takes_images(self) -> bool:
        try:
            self.ask("first")
        except ClientError:
            return False
        return True

    def _made(self, service: str) -> Any:
        self.clients[service] = self.laptop.client(service)
        return self.clients[service]


def until(holds: Callable[[], bool], seconds: float) -> bool:
    """Wait until a condition holds; False if it never does. It does not hold while AWS is away."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return holds()


def image(noise: bytes = b"") -> bytes:
    """A bright image, or a unique one of noise (3,072 bytes)."""
    file = io.BytesIO()
    image = Image.frombytes("RGB", (32, 32), noise) if noise else Image.new("RGB", (32, 32), (230, 230, 230))
    image.save(file, "PNG")
    return file.getvalue()
