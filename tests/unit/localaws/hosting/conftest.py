"""A tiny model server that an image stands for, and an endpoint made of it."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
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
MANIFEST = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json"})
ROLE = "arn:aws:iam::000000000000:role/endpoint"
ENDPOINT = "scones"
_PROGRAM = Path(__file__).parents[3] / "tiny_server.py"
_SECONDS = 60  # on a machine that has much else to do, five servers take their time


@dataclass(frozen=True)
class Hosting:
    """Makes models, configurations and endpoints of the tiny server, and asks them."""

    aws: Aws
    api: Any
    loop: asyncio.AbstractEventLoop  # as the one that answers the port

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
        asked = invoke(self.aws, ENDPOINT, named, body)
        return asyncio.run_coroutine_threadsafe(asked, self.loop).result()

    def told(self, **headers: str) -> Document:
        """What the model answered."""
        answer = self.ask(**headers)
        assert answer.status == 200, answer
        told: Document = json.loads(answer.body)
        return told


@pytest.fixture
def hosting(cloud: Aws, cloud_api: Any) -> Iterator[Hosting]:
    """A SageMaker in which the image `tiny` is tests/tiny_server.py."""
    cloud.settings.home.mkdir(parents=True, exist_ok=True)
    (cloud.settings.home / "images.json").write_text(json.dumps({"tiny": [sys.executable, str(_PROGRAM)]}))
    ecr = cloud.clients.get("ecr")
    ecr.create_repository(repositoryName="tiny")
    ecr.put_image(repositoryName="tiny", imageManifest=MANIFEST, imageTag="1")
    session = boto3.Session("test", "test", region_name="us-east-1")
    cloud.clients.known["cloudwatch"] = session.client("cloudwatch")  # type: ignore[attr-defined]
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield Hosting(cloud, cloud_api, loop)
    for router in cloud.live.routers.values():
        for fleet in router.fleets:
            fleet.stop()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
