"""Models of several containers: asked one after the other, or each by its name."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from localaws.aws import Aws
from localaws.hosting.invocation import Answer

from .conftest import IMAGE, ROLE

SERVER = """
import http.server, json, os, pathlib

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply(200, b'')

    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length'] or 0)).decode()
        print('asked', os.environ['NAME'], flush=True)
        said = [os.environ['NAME'], self.headers.get('Content-Type'), self.headers.get('Accept')]
        seen = json.loads(body) if body.startswith('[') else [body]
        self.reply(422 if os.environ['NAME'] == 'broken' else 200, json.dumps([*seen, said]).encode())

    def reply(self, status, body):
        self.send_response(status)
        self.send_header('Content-Type', 'text/' + os.environ['NAME'])
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass

if os.environ['NAME'] == 'dead':
    raise SystemExit('no model of mine')
http.server.HTTPServer(('127.0.0.1', int(os.environ['SAGEMAKER_BIND_TO_PORT'])), Handler).serve_forever()
"""


@pytest.fixture
def several(hosting: Any, cloud: Aws) -> Iterator[Any]:
    """Makes an endpoint of a model with a container for each name."""
    (cloud.settings.home / "images.json").write_text(json.dumps({"tiny": [sys.executable, "-c", SERVER]}))

    def make(*names: str, mode: str = "", named: bool = False) -> dict[str, Any]:
        containers = [
            {"Image": IMAGE, "Environment": {"NAME": name}, **({"ContainerHostname": name} if named else {})}
            for name in names
        ]
        model: dict[str, Any] = {"ModelName": "several", "ExecutionRoleArn": ROLE, "Containers": containers}
        if mode:
            model["InferenceExecutionConfig"] = {"Mode": mode}
        hosting.api("CreateModel", **model)
        variants = [hosting.variant("several")]
        hosting.api("CreateEndpointConfig", EndpointConfigName="several", ProductionVariants=variants)
        described: dict[str, Any] = hosting.create("several")
        return described

    yield make


def ask(hosting: Any, **headers: str) -> Answer:
    answer: Answer = hosting.ask(b"rows", content_type="text/csv", accept="application/json", **headers)
    return answer


def test_each_container_gets_what_the_one_before_it_answered(hosting: Any, several: Any) -> None:
    described = several("first", "second", "third")
    assert described["EndpointStatus"] == "InService", described
    assert len(described["ProductionVariants"][0]["DeployedImages"]) == 3
    answer = ask(hosting)
    assert json.loads(answer.body) == [
        "rows",
        ["first", "text/csv", None],
        ["second", "text/first", None],
        ["third", "text/second", "application/json"],
    ]
    assert answer.headers["content-type"] == "text/third"


def test_the_first_that_fails_is_named_and_the_rest_are_not_asked(hosting: Any, several: Any) -> None:
    several("first", "broken", "third")
    answer = ask(hosting)
    assert answer.status == 424
    assert "Received client error (422) from container-2 with message" in json.loads(answer.body)["Message"]
    assert "third" not in answer.body.decode()


def test_a_container_that_does_not_start_is_named(several: Any) -> None:
    described = several("first", "dead")
    assert described["EndpointStatus"] == "Failed"
    assert "The container-2 container for production variant live did not pass the ping" in described["FailureReason"]
    assert "no model of mine" in described["FailureReason"]


def test_each_container_has_a_log_of_its_own(
    hosting: Any, several: Any, cloud: Aws, settled: Callable[[Callable[[], bool]], None]
) -> None:
    several("first", "second", named=True)
    ask(hosting)
    for router in cloud.live.routers.values():
        for fleet in router.fleets:
            for instance in fleet.instances:
                instance.flush_log()
    folder = cloud.settings.endpoints / "scones" / "logs" / "live"

    def have_said() -> bool:
        said = {file.stem: file.read_text() for file in folder.rglob("*.log")}
        return "asked first" in said["first"] and "asked second" in said["second"]

    settled(have_said)  # a program's lines come by a thread


def test_directly_invoked_containers_are_asked_by_name(hosting: Any, several: Any) -> None:
    several("first", "second", mode="Direct", named=True)
    target = {"x_amzn_sagemaker_target_container_hostname": "second"}
    assert json.loads(ask(hosting, **target).body) == ["rows", ["second", "text/csv", "application/json"]]
    answer = ask(hosting)
    assert answer.status == 400
    assert "must be one of first, second" in json.loads(answer.body)["Message"]


def test_containers_in_turn_are_not_asked_by_name(hosting: Any, several: Any) -> None:
    several("first", "second", named=True)
    answer = ask(hosting, x_amzn_sagemaker_target_container_hostname="first")
    assert answer.status == 400
    assert "asks its containers in turn" in json.loads(answer.body)["Message"]


def test_a_package_of_several_containers_serves_with_all_of_them(hosting: Any, several: Any) -> None:
    containers = [{"Image": IMAGE, "Environment": {"NAME": name}} for name in ("first", "second")]
    hosting.api("CreateModelPackageGroup", ModelPackageGroupName="several")
    arn = hosting.api(
        "CreateModelPackage",
        ModelPackageGroupName="several",
        ModelApprovalStatus="Approved",
        InferenceSpecification={
            "Containers": containers,
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    hosting.api("CreateModel", ModelName="packed", ExecutionRoleArn=ROLE, PrimaryContainer={"ModelPackageName": arn})
    variants = [hosting.variant("packed")]
    hosting.api("CreateEndpointConfig", EndpointConfigName="packed", ProductionVariants=variants)
    hosting.create("packed")
    assert [item[0] for item in json.loads(ask(hosting).body)[1:]] == ["first", "second"]
