"""A tiny model server that an image stands for, and an endpoint made of it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from localaws.aws import Aws
from localaws.hosting.invocation import Answer, invoke

Document = dict[str, Any]
IMAGE = "000000000000.dkr.ecr.us-east-1.amazonaws.com/tiny:1"
ROLE = "arn:aws:iam::000000000000:role/endpoint"
ENDPOINT = "scones"
_SECONDS = 15

SERVER = """
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VERSION = os.environ["VERSION"]
if VERSION == "broken":
    sys.exit("This model has no labels.")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.answer(200, b"")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(float(os.environ.get("SECONDS", "0")))
        if body == b"leave":
            os._exit(3)
        status = int(body) if body.isdigit() else 200
        told = {"version": VERSION, "pid": os.getpid(), "attributes": self.headers.get("X-Amzn-SageMaker-Custom-Attributes")}
        self.answer(status, json.dumps(told).encode() if status == 200 else b"not a picture")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


ThreadingHTTPServer.request_queue_size = 128
ThreadingHTTPServer(("127.0.0.1", int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()
"""  # noqa: E501


@dataclass(frozen=True)
class Hosting:
    """Makes models, configurations and endpoints of the tiny server, and asks them."""

    aws: Aws
    api: Any

    def config(self, version: str, count: int = 1, name: str | None = None, **request: Any) -> str:
        """A model that answers with `version`, and a configuration with `count` instances of it."""
        name = name or f"v-{version}"
        environment = {"VERSION": version, **request.pop("environment", {})}
        container = {"Image": IMAGE, "Environment": environment}
        self.api("CreateModel", ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=container)
        variants = request.pop("variants", None) or [self.variant(name, count)]
        self.api("CreateEndpointConfig", EndpointConfigName=name, ProductionVariants=variants, **request)
        return name

    @staticmethod
    def variant(model: str, count: int = 1, name: str = "live", **members: Any) -> Document:
        return {
            "VariantName": name,
            "ModelName": model,
            "InstanceType": "ml.m5.xlarge",
            "InitialInstanceCount": count,
            **members,
        }

    def create(self, config: str) -> Document:
        """Create the endpoint and wait until it has come up or failed."""
        self.api("CreateEndpoint", EndpointName=ENDPOINT, EndpointConfigName=config)
        return self.settled()

    def update(self, config: str, **request: Any) -> Document:
        """Update the endpoint and wait for the end of it."""
        self.api("UpdateEndpoint", EndpointName=ENDPOINT, EndpointConfigName=config, **request)
        return self.settled()

    def describe(self) -> Document:
        described: Document = self.api("DescribeEndpoint", EndpointName=ENDPOINT)
        return described

    def until(self, holds: Callable[[Document], bool]) -> Document:
        """Wait until the description holds something."""
        deadline = time.monotonic() + _SECONDS
        while not holds(described := self.describe()):
            assert time.monotonic() < deadline, described
            time.sleep(0.01)
        return described

    def settled(self) -> Document:
        """Wait until the endpoint is InService or Failed and its task has ended."""
        self.aws.tasks.join(self.describe()["EndpointArn"], _SECONDS)
        described = self.describe()
        assert described["EndpointStatus"] in ("InService", "Failed"), described
        return described

    def ask(self, body: bytes = b"picture", **headers: str) -> Answer:
        """Invoke the endpoint; underscores in header names stand for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return invoke(self.aws, ENDPOINT, named, body)

    def told(self, **headers: str) -> Document:
        """What the model answered."""
        answer = self.ask(**headers)
        assert answer.status == 200, answer
        told: Document = json.loads(answer.body)
        return told


@pytest.fixture
def hosting(cloud: Aws, cloud_api: Any, tmp_path: Path) -> Iterator[Hosting]:
    """A SageMaker in which the image `tiny` is the server above."""
    program = tmp_path / "tiny.py"
    program.write_text(SERVER, encoding="utf-8")
    cloud.settings.home.mkdir(parents=True, exist_ok=True)
    (cloud.settings.home / "images.json").write_text(json.dumps({"tiny": [sys.executable, str(program)]}))
    session = boto3.Session("test", "test", region_name="us-east-1")
    cloud.clients.known["cloudwatch"] = session.client("cloudwatch")  # type: ignore[attr-defined]
    made = Hosting(cloud, cloud_api)
    yield made
    for router in cloud.live.routers.values():
        for fleet in router.fleets:
            fleet.stop()
