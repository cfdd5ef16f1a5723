"""The inference workflows on the local AWS, as the end-to-end tests set them up and use them."""

from __future__ import annotations

import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from seedcode.packaging.function import build_function
from tests.e2e.laptop import REPOSITORY, Laptop

FUNCTIONS = ("serialize_image", "classify_image", "filter_confidence")
MACHINES = {"workflow-test-inference": "inference.asl.json", "workflow-test-bulk": "bulk.asl.json"}
Document = dict[str, Any]


@dataclass(frozen=True)
class Workflows:
    """Functions and state machines that ask a stub endpoint; `run` starts machines by their alias."""

    laptop: Laptop
    bucket: str

    def put(self, key: str, content: bytes) -> str:
        self.laptop.client("s3").put_object(Bucket=self.bucket, Key=key, Body=content)
        return f"s3://{self.bucket}/{key}"

    def get(self, uri: str) -> bytes:
        address = urlsplit(uri)
        answer = self.laptop.client("s3").get_object(Bucket=address.netloc, Key=address.path.lstrip("/"))
        content: bytes = answer["Body"].read()
        return content

    def start(self, machine: str, given: Document) -> str:
        arn = f"arn:aws:states:us-east-1:000000000000:stateMachine:{machine}:live"
        answer = self.laptop.client("stepfunctions").start_execution(stateMachineArn=arn, input=json.dumps(given))
        return str(answer["executionArn"])

    def run(self, machine: str, given: Document, seconds: float = 120) -> Document:
        """Start an execution and wait for its end."""
        client, execution = self.laptop.client("stepfunctions"), self.start(machine, given)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            said: Document = client.describe_execution(executionArn=execution)
            if said["status"] != "RUNNING":
                return said
            time.sleep(0.1)
        raise AssertionError(f"{execution} still runs after {seconds} s")

    def classify(self, **given: str) -> Document:
        """What the inference workflow answers; it must succeed."""
        said = self.run("workflow-test-inference", given)
        assert said["status"] == "SUCCEEDED", said
        answer: Document = json.loads(said["output"])
        return answer


def deploy(laptop: Laptop, endpoint_url: str, bucket: str) -> Workflows:
    """Create functions and state machines beside the stack's, with the endpoint at a URL of its own."""
    laptop.client("s3").create_bucket(Bucket=bucket)
    role = laptop.role("workflow-test", "lambda", "states")
    environment = {
        "BUCKET": bucket,
        "ENDPOINT_NAME": "scones-vehicles",
        "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": endpoint_url,
    }
    values = {
        "EndpointName": "scones-vehicles",
        "ModelVersion": "7",
        "ConfidenceThreshold": "0.80",
        "Bucket": bucket,
        "ImageSize": "64",
        "Partition": "aws",
    }
    for name in FUNCTIONS:
        arn = laptop.client("lambda").create_function(
            FunctionName=f"workflow-test-{name.replace('_', '-')}",
            Runtime="python3.11",
            Role=role,
            Handler=f"{name}.handler.handler",
            Code={"ZipFile": _zipped(name)},
            Environment={"Variables": environment},
            MemorySize=512,
            Timeout=120,
        )["FunctionArn"]
        values[f"{name.split('_')[0].title()}FunctionArn"] = arn
    for machine, file in MACHINES.items():
        _publish(laptop.client("stepfunctions"), role, machine, file, values)
    return Workflows(laptop, bucket)


def _zipped(name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return build_function(name, folder=Path(folder)).read_bytes()


def _publish(client: Any, role: str, machine: str, file: str, values: dict[str, str]) -> None:
    definition = (REPOSITORY / "workflow" / file).read_text(encoding="utf-8")
    for name, value in values.items():
        definition = definition.replace(f"${{{name}}}", value)
    made = client.create_state_machine(name=machine, definition=definition, roleArn=role, publish=True)
    routing = [{"stateMachineVersionArn": made["stateMachineVersionArn"], "weight": 100}]
    client.create_state_machine_alias(name="live", routingConfiguration=routing)
